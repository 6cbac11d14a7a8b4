/**
 * The name of this machine.
 *
 * @module
 */

/**
 * Gives the name of this machine.
 *
 * @returns It; "unknown" if this program may not know it.
 */
export function hostName(): string {
  try {
    return Deno.hostname();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return "unknown";
    throw error;
  }
}
