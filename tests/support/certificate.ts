/** A certificate for 127.0.0.1 and localhost, signed by itself, made anew for each test. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate with the `openssl` program. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await Deno.makeTempDir();
  try {
    const { success, stderr } = await new Deno.Command("openssl", {
      args: [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-days", "2", "-subj", "/CN=localhost"],
        ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`],
      ],
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`openssl failed: ${new TextDecoder().decode(stderr)}`);
    return {
      cert: await Deno.readTextFile(`${folder}/cert.pem`),
      key: await Deno.readTextFile(`${folder}/key.pem`),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
