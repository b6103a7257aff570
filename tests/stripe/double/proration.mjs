// What a part of a period costs, and what is given back of it: the formula of the billing vectors (Stripe's flexible
// mode). A debit is what was charged for one item: { basis, seconds, from, until, amount, credited }, `basis` being the
// price of the whole period of so many seconds. It is credited from what was charged, at most once, always to its end.

/** amount × part / whole, half away from zero. */
export function share(amount, part, whole) {
  const exact = BigInt(amount) * BigInt(part), d = BigInt(whole);
  const size = ((exact < 0n ? -exact : exact) * 2n + d) / (2n * d);
  return Number(exact < 0n ? -size : size);
}

export function debitOf({ price, quantity }, { start, end }, from = start) {
  const basis = price.unit_amount * quantity, seconds = end - start;
  return { basis, seconds, from, until: end, amount: share(basis, end - from, seconds), credited: 0 };
}

/** { debit, amount (negative), from, to }, or null: nothing is left of it at that time. */
export function creditOf(debit, at) {
  const from = Math.max(at, debit.from), { basis, seconds, until } = debit;
  if (from >= until) return null;
  return { debit, amount: -Math.min(share(basis, until - from, seconds), debit.amount - debit.credited), from, to: until };
}

/** The credit was given. */
export function giveBack({ debit, amount, from }) {
  debit.credited -= amount;
  debit.until = from;
}
