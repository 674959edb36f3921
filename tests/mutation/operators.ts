/**
 * What can be wrong with one node of a program: the operators of the mutation run, named as Stryker names its own.
 * Types, comments, imports and the text of errors are not mutated, and no two operators of one node are the same fault.
 *
 * @module
 */

import ts from "typescript";

const K = ts.SyntaxKind;

/** Operators and what each becomes. */
const SWAPPED_OPERATORS: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "**": "*",
  "&": "|",
  "|": "&",
  "^": "&",
  "<<": ">>",
  ">>": "<<",
  ">>>": "<<",
  "&&": "||",
  "||": "&&",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "/=": "*=",
  "%=": "*=",
  "|=": "&=",
  "&=": "|=",
  "<<=": ">>=",
  ">>=": "<<=",
  ">>>=": "<<=",
  "??=": "=",
};
/** Comparisons and their negation, a fault of its own only where the comparison is not the whole condition. */
const NEGATED: Readonly<Record<string, string>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "===": "!==",
  "!==": "===",
};
/** Methods and what each becomes; an empty name takes the receiver itself. */
const SWAPPED_METHODS: Readonly<Record<string, string>> = {
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
  some: "every",
  every: "some",
  startsWith: "endsWith",
  endsWith: "startsWith",
  toUpperCase: "toLowerCase",
  toLowerCase: "toUpperCase",
  filter: "",
  reverse: "",
  slice: "",
  sort: "",
  toSorted: "",
  trim: "",
};

/** Whether nothing in the node is mutated: types, imports, and whatever only words an error. */
export function isSkipped(node: ts.Node): boolean {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return true;
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return /error$/i.test(node.expression.getText());
  return ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node) || ts.isThrowStatement(node) ||
    ts.isTypeParameterDeclaration(node);
}

/** The faults of an expression: texts that may take its place. */
export function expressionFaults(node: ts.Node): string[] {
  const faults: string[] = [];
  if (isResult(node)) faults.push("undefined");
  if (isCondition(node)) {
    if (node.kind !== K.TrueKeyword && node.kind !== K.FalseKeyword) {
      if (!isLoop(node.parent)) faults.push("true");
      faults.push("false");
    }
  } else if (node.kind === K.TrueKeyword) faults.push("false");
  else if (node.kind === K.FalseKeyword) faults.push("true");
  if (ts.isBinaryExpression(node)) faults.push(...binaryFaults(node));
  else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) faults.push(...unaryFaults(node));
  else if (isText(node)) faults.push(...textFaults(node));
  else if (ts.isArrayLiteralExpression(node)) faults.push(...arrayFaults(node));
  faults.push(...chainFaults(node));
  if (ts.isCallExpression(node) && !inChain(node)) faults.push(...methodFaults(node));
  return faults;
}

/** Whether a statement can be missing: calls, assignments, steps. */
export function isRemovable(node: ts.Node): node is ts.ExpressionStatement {
  if (!ts.isExpressionStatement(node)) return false;
  const { expression } = node;
  return !(ts.isCallExpression(expression) && expression.expression.kind === K.SuperKeyword) &&
    !ts.isStringLiteral(expression);
}

/** Whether a block can be empty. One whose only statement is removable is that statement's fault already. */
export function isEmptiable(node: ts.Node): node is ts.Block {
  if (!ts.isBlock(node) || node.statements.length === 0) return false;
  if (node.statements.length === 1 && (isRemovable(node.statements[0]) || ts.isThrowStatement(node.statements[0]))) {
    return false;
  }
  return ts.isFunctionLike(node.parent) || ts.isCatchClause(node.parent) ||
    (ts.isTryStatement(node.parent) && node.parent.finallyBlock === node);
}

/** Whether the expression alone decides a branch or a loop. */
function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isConditionalExpression(parent) || ts.isForStatement(parent)) return parent.condition === node;
  return (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) &&
    parent.expression === node;
}

function isLoop(node: ts.Node): boolean {
  return ts.isForStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node);
}

function binaryFaults(node: ts.BinaryExpression): string[] {
  const left = node.left.getText();
  const right = node.right.getText();
  const operator = node.operatorToken.getText();
  if (operator === "??") return [left];
  const operators: string[] = [];
  const joinsText = /^\+=?$/.test(operator) && (isText(node.left) || isText(node.right));
  if (Object.hasOwn(SWAPPED_OPERATORS, operator) && !joinsText) operators.push(SWAPPED_OPERATORS[operator]);
  if (Object.hasOwn(NEGATED, operator) && !isCondition(node)) operators.push(NEGATED[operator]);
  const faults = operators.map((each) => `${left} ${each} ${right}`);
  if (operator === "&&" || operator === "||") faults.push(left, right);
  return faults;
}

function unaryFaults(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): string[] {
  const operand = node.operand.getText();
  switch (node.operator) {
    case K.ExclamationToken:
      return isCondition(node) ? [] : [operand];
    case K.MinusToken:
    case K.TildeToken:
      return [operand];
    case K.PlusPlusToken:
      return [ts.isPrefixUnaryExpression(node) ? `--${operand}` : `${operand}--`];
    case K.MinusMinusToken:
      return [ts.isPrefixUnaryExpression(node) ? `++${operand}` : `${operand}++`];
    default:
      return [];
  }
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
}

/** A text becomes empty. Comparisons with one are faults of the comparison; names of properties are no values. */
function textFaults(node: ts.Node): string[] {
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && Object.hasOwn(NEGATED, parent.operatorToken.getText())) return [];
  if (ts.isTaggedTemplateExpression(parent) || ("name" in parent && parent.name === node)) return [];
  return [(node as ts.StringLiteral).text === "" ? '"?"' : '""'];
}

function arrayFaults(node: ts.ArrayLiteralExpression): string[] {
  const { parent } = node;
  const isTarget = ts.isBinaryExpression(parent) && parent.left === node ||
    (ts.isForOfStatement(parent) && parent.initializer === node) || ts.isArrayLiteralExpression(parent);
  return node.elements.length === 0 || isTarget ? [] : ["[]"];
}

/** Whether the node is what an arrow function without a block returns. */
function isResult(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isArrowFunction(parent) && parent.body === node && !ts.isBlock(node) && !ts.isVoidExpression(node) &&
    node.getText() !== "undefined";
}

/** Whether the expression is a link of an optional chain that goes on: it cannot be taken out alone. */
function inChain(node: ts.Node): boolean {
  return (node.flags & ts.NodeFlags.OptionalChain) !== 0;
}

/** The whole chain is the place of a `?.` that becomes a `.`, as its end is skipped with it. */
function chainFaults(node: ts.Node): string[] {
  const isWhole = inChain(node) && !(inChain(node.parent) && (node.parent as ts.CallExpression).expression === node);
  if (!isWhole || ts.isDeleteExpression(node.parent)) return [];
  const faults: string[] = [];
  for (let link = node; inChain(link); link = (link as ts.CallExpression).expression) {
    const { questionDotToken } = link as ts.CallChain;
    if (questionDotToken === undefined) continue;
    const at = questionDotToken.getStart() - node.getStart();
    const text = node.getText();
    const needsDot = ts.isPropertyAccessExpression(link);
    faults.push(`${text.slice(0, at)}${needsDot ? "." : ""}${text.slice(at + 2)}`);
  }
  return faults;
}

function methodFaults(node: ts.CallExpression): string[] {
  const { expression } = node;
  if (!ts.isPropertyAccessExpression(expression)) return [];
  const method = expression.name.text;
  if (!Object.hasOwn(SWAPPED_METHODS, method)) return [];
  const receiver = expression.expression.getText();
  const swapped = SWAPPED_METHODS[method];
  if (swapped === "") return [receiver];
  const list = node.getText().slice(expression.getEnd() - node.getStart());
  return [`${receiver}.${swapped}${list}`];
}
