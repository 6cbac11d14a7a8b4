/** What BullMQ runs in a child process of its worker: a "sandboxed processor". */

export default ({ data: { x } }) => Promise.resolve(x + 1);
