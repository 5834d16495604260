// Has the browser make or use a passkey, puts its answer into the form around the button, and sends the form.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const written = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withBytes = (named) => named.map((one) => ({ ...one, id: bytes(one.id) }));
const computedBy = (credential) => credential.getClientExtensionResults().prf?.results?.first;
const prf = (wanted) => ({ eval: { first: bytes(wanted.prf) } });

// What the authenticator computed goes in a field of its own; the rest is what the signature stands for.
const answered = (credential, response) =>
  JSON.stringify({
    id: credential.id,
    rawId: written(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  });

async function make(wanted) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...wanted,
      prf: undefined,
      challenge: bytes(wanted.challenge),
      user: { ...wanted.user, id: bytes(wanted.user.id) },
      excludeCredentials: withBytes(wanted.excludeCredentials),
      extensions: { credProps: true, prf: prf(wanted) },
    },
  });
  const told = credential.getClientExtensionResults();
  let computed = computedBy(credential);
  if (told.prf?.enabled && told.credProps?.rk !== false && !computed) {
    // Many authenticators compute only when they sign: so the new one signs once, for nobody, and here alone.
    const signed = await navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rpId: wanted.rp.id,
        allowCredentials: [{ type: "public-key", id: credential.rawId }],
        userVerification: "required",
        extensions: { prf: prf(wanted) },
      },
    }).catch(() => null);
    computed = signed && computedBy(signed);
  }
  const { clientDataJSON, attestationObject } = credential.response;
  const response = { clientDataJSON: written(clientDataJSON), attestationObject: written(attestationObject) };
  return { credential: answered(credential, response), computed };
}

async function use(wanted) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...wanted,
      prf: undefined,
      challenge: bytes(wanted.challenge),
      allowCredentials: withBytes(wanted.allowCredentials),
      // After the password nothing has to be computed, and so nobody is asked for it.
      extensions: wanted.userVerification === "required" ? { prf: prf(wanted) } : {},
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  const response = {
    clientDataJSON: written(clientDataJSON),
    authenticatorData: written(authenticatorData),
    signature: written(signature),
    userHandle: userHandle ? written(userHandle) : null,
  };
  return { credential: answered(credential, response), computed: computedBy(credential) };
}

if (window.PublicKeyCredential) {
  for (const words of document.querySelectorAll("[data-without-passkeys]")) {
    words.hidden = true;
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const status = form.querySelector("[data-passkey-status]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      status.textContent = "";
      try {
        const wanted = JSON.parse(form.dataset.wanted);
        const { credential, computed } = await (form.dataset.passkey === "make" ? make(wanted) : use(wanted));
        form.elements.credential.value = credential;
        form.elements.computed.value = computed ? written(computed) : "";
        form.submit();
      } catch {
        status.textContent = status.dataset.failed;
      }
    });
  }
}
