/** The task of piscina and tinypool. */
export default function addOne(x) {
  return x + 1;
}
