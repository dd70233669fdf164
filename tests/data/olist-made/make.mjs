// Writes the files of this folder: `node make.mjs [FOLDER]`. The same bytes on every run.
// Made-up orders in the form of the Olist data set: every status, odd but legal orders, and every fault that an import
// must report. expected.json says what an import has to answer; it comes from the plan below, not from the CSV files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.argv[2] ?? dirname(fileURLToPath(import.meta.url));

// mulberry32
let state = 20190301;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = n => Math.floor(random() * n);
const pick = list => list[below(list.length)];
const hex = () => Array.from({ length: 32 }, () => below(16).toString(16)).join('');
const shuffle = list => {
  for (let i = list.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
};

const utc = seconds => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
const at = text => Date.parse(text.replace(' ', 'T') + 'Z') / 1000;
const hour = 3600, day = 24 * hour;
const spring = at('2019-03-01 00:00:00');

// As the data set writes money: 99.9, 144.0, 17.25.
const money = minor => {
  const text = (minor / 100).toFixed(2);
  return text.endsWith('0') ? text.slice(0, -1) : text;
};

const people = Array.from({ length: 90 }, hex);
const cities = ['são paulo', 'rio de janeiro', 'belo horizonte', 'brasília', 'mogi das cruzes, "centro"', "d'oeste, santa bárbara"];
const states = ['SP', 'RJ', 'MG', 'DF', 'BA', 'PR'];
const products = [...Array.from({ length: 38 }, hex), 'shelf 2,5 m', '9" plate'];
const sellers = Array.from({ length: 12 }, hex);

const orders = [], customers = [], items = [], payments = [];
const expected = { orders: { read: 0, sent: 0, rejected: 0 }, events: 0, skippedRows: 0, rejected: {}, daily: {} };

function daily(seconds) {
  return expected.daily[utc(seconds).slice(0, 10)] ??= { orders: 0, units: 0, grossMinor: 0, refundedMinor: 0 };
}

// One order; `changes` bend what a plain delivered order would be. A `fault` is applied to the rows after they are made.
function order(changes = {}) {
  const plan = {
    id: hex(), status: 'delivered', lines: 1 + (below(4) === 0 ? below(4) : 0), payments: 1 + (below(6) === 0 ? 1 : 0),
    purchase: spring + below(90 * day), approval: 10 * 60 + below(2 * day), carrier: 2 * day + below(3 * day),
    delivery: 6 * day + below(10 * day), fault: null, ...changes,
  };
  for (const step of ['approval', 'carrier', 'delivery'])
    plan[step] = plan[step] === null ? null : plan.purchase + plan[step];
  const customer = { id: hex(), person: pick(people), zip: 10000 + below(80000), city: pick(cities), state: pick(states) };
  const lines = Array.from({ length: plan.lines }, (_, i) => ({
    order: plan.id, line: String(i + 1), product: pick(products), seller: pick(sellers),
    limit: utc(plan.purchase + 5 * day), priceMinor: 500 + below(30000), freightMinor: 500 + below(4000),
  }));
  const total = lines.reduce((sum, line) => sum + line.priceMinor + line.freightMinor, 0) || 12345;
  const parts = Array.from({ length: plan.payments }, (_, i) => ({
    order: plan.id, sequence: String(i + 1), type: i === 0 ? 'credit_card' : 'voucher', installments: String(1 + below(8)),
    valueMinor: i === 0 ? total - (plan.payments - 1) * 7 : 7,
  }));
  if (plan.zeroVoucher) parts.push({ order: plan.id, sequence: String(parts.length + 1), type: 'voucher', installments: '1', valueMinor: 0 });

  const row = [plan.id, customer.id, plan.status, utc(plan.purchase), plan.approval && utc(plan.approval),
    plan.carrier && utc(plan.carrier), plan.delivery && utc(plan.delivery), utc(plan.purchase + 20 * day).slice(0, 10) + ' 00:00:00'];
  const made = {
    order: row.map(field => field ?? ''),
    customer: [customer.id, customer.person, String(customer.zip), customer.city, customer.state],
    items: lines.map(l => [l.order, l.line, l.product, l.seller, l.limit, money(l.priceMinor), money(l.freightMinor)]),
    payments: parts.map(p => [p.order, p.sequence, p.type, p.installments, money(p.valueMinor)]),
  };
  plan.fault?.(made);
  orders.push(made.order);
  if (made.customer) customers.push(made.customer);
  items.push(...made.items);
  payments.push(...made.payments);

  expected.orders.read++;
  if (plan.fault) {
    expected.orders.rejected++;
    expected.rejected[plan.id] = plan.faultFiles;
    return plan.id;
  }
  expected.orders.sent++;
  const received = plan.approval === null ? 0 : parts.reduce((sum, part) => sum + part.valueMinor, 0);
  const cancelled = plan.status === 'canceled' || plan.status === 'unavailable';
  expected.events += 1 + lines.length + (lines.length > 0) + (plan.approval !== null) + (plan.carrier !== null)
    + (plan.delivery !== null) + cancelled;
  if (plan.approval !== null) {
    const row = daily(plan.approval);
    row.orders++;
    row.units += lines.length;
    row.grossMinor += received;
  }
  if (cancelled && received > 0)
    daily(Math.max(plan.purchase, plan.approval ?? 0, plan.carrier ?? 0, plan.delivery ?? 0)).refundedMinor += received;
  return plan.id;
}
const several = (count, changes) => { for (let i = 0; i < count; i++) order(changes); };

const unshipped = { carrier: null, delivery: null };
several(120, {});
several(25, { status: 'shipped', delivery: null });
several(15, { status: 'invoiced', ...unshipped });
several(15, { status: 'processing', ...unshipped });
several(8, { status: 'approved', ...unshipped });
several(12, { status: 'created', approval: null, ...unshipped });
several(18, { status: 'canceled', ...unshipped });
several(8, { status: 'canceled', approval: null, ...unshipped });
several(3, { status: 'canceled', delivery: null });
several(2, { status: 'canceled' });
several(10, { status: 'unavailable', lines: 0, ...unshipped });
several(3, { status: 'unavailable', lines: 0, approval: null, ...unshipped });
several(3, { status: 'unavailable', lines: 0, payments: 0, approval: null, ...unshipped });
// Odd, and legal: facts keep the order of the life cycle whatever the clocks say or leave out.
several(5, { approval: null });
several(3, { carrier: null });
several(4, { approval: 5 * day, carrier: 4 * day, delivery: 3 * day });
several(2, { approval: -2 * hour });
several(3, { payments: 0 });
several(4, { payments: 3, zeroVoucher: true });
several(2, { status: 'invoiced', lines: 0, ...unshipped });
several(2, { status: 'created', lines: 0, approval: null, ...unshipped });
several(2, { lines: 15 });
// A day that has nothing but a refund, one with nothing but a cancellation of an unpaid order, and the ends of a day.
order({ status: 'canceled', purchase: at('2019-07-10 09:00:00'), approval: -3 * hour, carrier: 5 * day, delivery: null });
order({ status: 'canceled', purchase: at('2019-07-20 09:00:00'), approval: null, ...unshipped });
order({ purchase: at('2019-06-30 23:00:00'), approval: hour - 1 });
order({ purchase: at('2019-06-30 23:00:00'), approval: hour });
order({ purchase: at('2020-02-29 12:00:00') });

const fault = (files, spoil, changes = {}) => order({ ...changes, fault: spoil, faultFiles: [].concat(files) });
const field = (row, column, text) => { row[column] = text; };
fault('orders.csv', made => { made.order.length = 4; });
fault('orders.csv', made => field(made.order, 3, ''));
fault('orders.csv', made => field(made.order, 3, '2019-13-01 10:00:00'));
fault('orders.csv', made => field(made.order, 4, 'yesterday'));
fault('orders.csv', made => field(made.order, 5, '2019-02-29 08:00:00'));
fault('orders.csv', made => field(made.order, 6, '2019-04-10 25:61:00'));
fault('orders.csv', made => { made.customer = null; });
fault('orders.csv', made => { made.customer = null; }, { status: 'unavailable', lines: 0, ...unshipped });
fault('orders.csv', made => field(made.order, 1, ''));
fault('order_items.csv', made => { made.items[0].length = 3; });
fault('order_items.csv', made => field(made.items[1], 5, '12,50'), { lines: 3 });
fault('order_items.csv', made => field(made.items[0], 5, '1O.00'));
fault('order_items.csv', made => field(made.items[0], 5, ''));
fault('order_items.csv', made => field(made.items[0], 5, '10.999'));
fault('order_items.csv', made => field(made.items[0], 5, 'NaN'));
fault('order_items.csv', made => field(made.items[0], 5, '79228162514264337593543950335'));
fault('order_items.csv', made => field(made.items[0], 6, 'free'));
fault('order_items.csv', made => field(made.items[0], 1, 'one'));
fault('order_items.csv', made => field(made.items[0], 2, ''));
fault('order_payments.csv', made => { made.payments[0].length = 3; });
fault('order_payments.csv', made => field(made.payments[0], 4, '1.2.3'));
fault('order_payments.csv', made => field(made.payments[0], 4, ''), { status: 'canceled', ...unshipped });
fault('order_payments.csv', made => field(made.payments[1], 4, '12.345'), { payments: 2 });
fault(['order_items.csv', 'order_payments.csv'], made => {
  field(made.items[0], 5, 'x');
  field(made.payments[0], 4, 'y');
});
fault(['customers.csv', 'orders.csv'], made => field(made.customer, 1, ''));
fault(['customers.csv', 'orders.csv'], made => { made.customer.length = 1; });

// Rows of orders that orders.csv does not have.
for (let i = 0; i < 6; i++) {
  const absent = hex();
  items.push([absent, '1', pick(products), pick(sellers), '2019-05-01 10:00:00', '10.0', '2.5']);
  payments.push([absent, '1', 'boleto', '1', '12.5']);
  expected.skippedRows += 2;
}

const quote = text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
const write = (name, header, rows, { end = '\n', mark = '' } = {}) =>
  writeFileSync(join(folder, name), mark + [header, ...rows.map(row => row.map(quote).join(','))].join(end) + end);

mkdirSync(folder, { recursive: true });
write('orders.csv', 'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,'
  + 'order_delivered_customer_date,order_estimated_delivery_date', shuffle(orders));
write('order_items.csv', 'order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value', shuffle(items));
// Line ends, marks and line breaks as spreadsheets leave them behind.
write('order_payments.csv', 'order_id,payment_sequential,payment_type,payment_installments,payment_value', shuffle(payments), { end: '\r\n' });
shuffle(customers);
customers.push([hex(), hex(), '70000', 'two\nlines', 'DF']);
write('customers.csv', 'customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state', customers, { mark: '\ufeff' });
write('products.csv', 'product_id,product_category_name,product_name_lenght,product_description_lenght,product_photos_qty,'
  + 'product_weight_g,product_length_cm,product_height_cm,product_width_cm',
  products.map(id => [id, pick(['bebes', 'moveis_decoracao', 'esporte_lazer', '']), '40', '500', '1', '900', '20', '10', '15']));
write('sellers.csv', 'seller_id,seller_zip_code_prefix,seller_city,seller_state',
  sellers.map(id => [id, String(10000 + below(80000)), pick(cities), pick(states)]));

// Where each rejected order's faults stand, by line; the header is line 1.
const lines = {
  'orders.csv': id => orders.flatMap((row, i) => row[0] === id ? [i + 2] : []),
  'order_items.csv': id => items.flatMap((row, i) => row[0] === id && spoiltItem(row) ? [i + 2] : []),
  'order_payments.csv': id => payments.flatMap((row, i) => row[0] === id && spoiltPayment(row) ? [i + 2] : []),
  'customers.csv': id => customers.flatMap((row, i) => row[0] === orders.find(o => o[0] === id)[1] && (row.length < 5 || row[1] === '') ? [i + 2] : []),
};
const plain = text => /^\d{1,9}(\.\d{1,2})?$/.test(text);
const spoiltItem = row => row.length < 7 || !/^\d+$/.test(row[1]) || row[2] === '' || !plain(row[5]) || !plain(row[6]);
const spoiltPayment = row => row.length < 5 || !plain(row[4]);
expected.rejected = Object.entries(expected.rejected).sort()
  .map(([orderId, files]) => ({ orderId, faults: files.map(file => ({ file, lines: lines[file](orderId) })) }));
expected.daily = Object.entries(expected.daily).sort().map(([day, row]) => ({ day, ...row, netMinor: row.grossMinor - row.refundedMinor }));
writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected, null, 1) + '\n');
