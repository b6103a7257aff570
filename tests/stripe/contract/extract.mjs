// What Stripe takes and gives, out of its own library: methods and paths stand in the .js of the SDK, types of
// parameters and answers in its .d.ts.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { apiVersion } from '../contract.mjs';

const root = join(import.meta.dirname, '../node_modules/stripe/esm');

// ---- Files of declarations ----

const files = new Map();

// One file: its declarations by dotted name, and from which file each imported name comes.
function file(path) {
  if (files.has(path)) return files.get(path);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, false);
  const found = { path, declared: new Map(), imported: new Map() };
  const walk = (statements, prefix) => {
    for (const node of statements) {
      if (ts.isImportDeclaration(node) || (ts.isExportDeclaration(node) && node.moduleSpecifier)) {
        const names = ts.isImportDeclaration(node) ? node.importClause?.namedBindings?.elements : node.exportClause?.elements;
        const from = resolve(dirname(path), node.moduleSpecifier.text.replace(/\.js$/, '.d.ts'));
        for (const name of names ?? []) found.imported.set(name.name.text, { from, name: (name.propertyName ?? name.name).text });
      } else if (ts.isModuleDeclaration(node)) {
        walk(node.body.statements, `${prefix}${node.name.text}.`);
      } else if (node.name && (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node))) {
        found.declared.set(prefix + node.name.text, node);
      }
    }
  };
  walk(source.statements, '');
  files.set(path, found);
  return found;
}

// A name as it is seen from inside of `scope` ("PaymentIntent.AmountDetails") of that file.
function look(at, name, scope) {
  for (let within = scope; ; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
    const full = within ? `${within}.${name}` : name;
    if (at.declared.has(full)) return { at, name: full };
    if (!within) break;
  }
  const [first, ...rest] = name.split('.');
  const imported = at.imported.get(first);
  return imported && existsSync(imported.from) ? look(file(imported.from), [imported.name, ...rest].join('.'), '') : null;
}

const dotted = (node) => node.text ?? `${dotted(node.left ?? node.expression)}.${(node.right ?? node.name).text}`;

// ---- Types as JSON ----
// { is: 'text' | 'number' | 'decimal' | 'flag' | 'null' | 'any' | 'open' }, { is: 'word', word }, { is: 'one', of: [] },
// { is: 'list', of }, { is: 'map', of }, { is: 'ref', to } and, in the table of types, { is: 'object', fields: { name: { type, needed } } }.

const words = {
  string: 'text', number: 'number', boolean: 'flag', any: 'any', unknown: 'any', object: 'any', void: 'null', undefined: 'null', null: 'null',
};

class Types {
  table = {};

  ref(found, args) {
    const key = `${relative(root, found.at.path).replace(/\.d\.ts$/, '')}#${found.name}`;
    const node = found.at.declared.get(found.name);
    if (ts.isTypeAliasDeclaration(node) || args) return this.of(node, found, args);
    if (!this.table[key]) {
      this.table[key] = { is: 'object', fields: {} };
      Object.assign(this.table[key], this.of(node, found));
    }
    return { is: 'ref', to: key };
  }

  of(node, found, args = []) {
    const bound = new Map((node.typeParameters ?? []).map((p, i) => [p.name.text, args[i]]));
    if (ts.isTypeAliasDeclaration(node)) return this.type(node.type, found, bound);
    const object = { is: 'object', fields: {} };
    for (const heir of node.heritageClauses ?? []) {
      for (const parent of heir.types) {
        const its = look(found.at, dotted(parent.expression), found.name);
        if (its) Object.assign(object.fields, this.of(its.at.declared.get(its.name), its).fields);
      }
    }
    this.members(node.members, found, bound, object);
    return object;
  }

  members(members, found, bound, object) {
    for (const member of members) {
      if (ts.isIndexSignatureDeclaration(member)) object.rest = this.type(member.type, found, bound);
      else if (ts.isPropertySignature(member)) object.fields[member.name.text] = { type: this.type(member.type, found, bound), needed: !member.questionToken };
    }
  }

  type(node, found, bound) {
    if (ts.isParenthesizedTypeNode(node)) return this.type(node.type, found, bound);
    if (ts.isUnionTypeNode(node)) return { is: 'one', of: node.types.map((one) => this.type(one, found, bound)) };
    if (ts.isIntersectionTypeNode(node)) return { is: 'open' }; // OtherString: a word that only an answer may have
    if (ts.isArrayTypeNode(node)) return { is: 'list', of: this.type(node.elementType, found, bound) };
    if (ts.isLiteralTypeNode(node)) return this.literal(node.literal);
    if (ts.isTypeLiteralNode(node)) {
      const object = { is: 'object', fields: {} };
      this.members(node.members, found, bound, object);
      return object;
    }
    if (ts.isTypeReferenceNode(node)) return this.reference(node, found, bound);
    return { is: words[ts.tokenToString(node.kind)] ?? 'any' };
  }

  literal(node) {
    if (ts.isStringLiteral(node)) return { is: 'word', word: node.text };
    return { is: node.kind === ts.SyntaxKind.NullKeyword ? 'null' : 'flag' };
  }

  reference(node, found, bound) {
    const name = dotted(node.typeName);
    const args = node.typeArguments?.map((one) => this.type(one, found, bound));
    if (bound?.has(name)) return bound.get(name);
    if (name === 'Array') return { is: 'list', of: args[0] };
    if (name === 'Record') return { is: 'map', of: args[1] };
    if (name === 'Decimal') return { is: 'decimal' };
    if (name === 'Date' || name === 'Promise') return { is: 'any' };
    const its = look(found.at, name, found.name);
    return its ? this.ref(its, args) : { is: 'any' };
  }
}

// ---- Operations ----

// "PaymentIntents.create": the method and path that it asks for, the types of its parameters and answer.
function operation(types, name) {
  const [resource, method] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
  const path = join(root, 'resources', ...resource.split('.'));
  const code = readFileSync(`${path}.js`, 'utf8');
  const call = new RegExp(`\\n    ${method}\\([^)]*\\) \\{[\\s\\S]*?_makeRequest\\('(\\w+)', [\`']([^\`']+)[\`']`).exec(code);
  if (!call) throw new Error(`the SDK has no ${name}`);
  const at = file(`${path}.d.ts`);
  const owner = [...at.declared].find(([, node]) => ts.isClassDeclaration(node) && node.members.some((member) => member.name?.text === method))[1];
  const signature = owner.members.find((member) => member.name?.text === method);
  const params = signature.parameters.find((one) => one.name.text === 'params');
  const scope = { at, name: '' };
  return {
    method: call[1],
    path: call[2].replace(/\$\{encodeURIComponent\((\w+)\)\}/g, '{$1}'),
    params: params ? types.type(params.type, scope) : { is: 'object', fields: {} },
    answer: answer(types, signature.type, scope),
  };
}

// Promise<Response<X>> is X; ApiListPromise<X> a list of them.
function answer(types, node, scope) {
  const inner = types.type(node.typeArguments[0].typeName?.text === 'Response' ? node.typeArguments[0].typeArguments[0] : node.typeArguments[0], scope);
  if (!node.typeName.text.startsWith('Api')) return inner;
  const field = (type) => ({ type, needed: true });
  return {
    is: 'object', fields: { object: field({ is: 'word', word: 'list' }), data: field({ is: 'list', of: inner }), has_more: field({ is: 'flag' }), url: field({ is: 'text' }) },
  };
}

// The objects that the double makes, by what their member `object` says: where the SDK declares them.
const named = {
  'billing_portal.session': 'BillingPortal/Sessions#Session',
  charge: 'Charges#Charge',
  'checkout.session': 'Checkout/Sessions#Session',
  credit_note: 'CreditNotes#CreditNote',
  customer: 'Customers#Customer',
  dispute: 'Disputes#Dispute',
  event: 'Events#EventBase',
  invoice: 'Invoices#Invoice',
  invoiceitem: 'InvoiceItems#InvoiceItem',
  line_item: 'InvoiceLineItems#InvoiceLineItem',
  payment_intent: 'PaymentIntents#PaymentIntent',
  payment_method: 'PaymentMethods#PaymentMethod',
  plan: 'Plans#Plan',
  price: 'Prices#Price',
  product: 'Products#Product',
  refund: 'Refunds#Refund',
  setup_intent: 'SetupIntents#SetupIntent',
  subscription: 'Subscriptions#Subscription',
  subscription_item: 'SubscriptionItems#SubscriptionItem',
  subscription_schedule: 'SubscriptionSchedules#SubscriptionSchedule',
  tax_id: 'TaxIds#TaxId',
  'test_helpers.test_clock': 'TestHelpers/TestClocks#TestClock',
  webhook_endpoint: 'WebhookEndpoints#WebhookEndpoint',
};

/** Of these operations ("PaymentIntents.create") and of all objects that the double makes. */
export function extract(names) {
  const types = new Types();
  const operations = Object.fromEntries(names.map((name) => [name, operation(types, name)]));
  const objects = Object.fromEntries(Object.entries(named).map(([object, name]) => {
    const [path, declared] = name.split('#');
    return [object, types.ref({ at: file(join(root, 'resources', `${path}.d.ts`)), name: declared })];
  }));
  const all = { apiVersion, operations, objects, types: types.table };
  return { ...all, sha256: createHash('sha256').update(JSON.stringify(all)).digest('hex') };
}
