/* The sheet of contacts: print it, copy its texts, count the SMS as they are typed. Nothing of what is
   typed here is sent. Counts as partners/handouts/texts.py does (3GPP TS 23.038). */

const PLAIN =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
  "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const DOUBLE = "^{}\\[~]|€\f";
const SHOWN_MS = 2000;

function parts(units, alone, joined) {
  return units <= alone ? Number(units > 0) : Math.ceil(units / joined);
}

export function cost(text) {
  const characters = [...text];
  const isWide = (one) => !PLAIN.includes(one) && !DOUBLE.includes(one);
  const foreign = [...new Set(characters.filter(isWide))].join("");
  if (foreign) return { parts: parts(text.length, 70, 67), units: text.length, foreign };
  const units = text.length + characters.filter((one) => DOUBLE.includes(one)).length;
  return { parts: parts(units, 160, 153), units, foreign };
}

function told({ parts, units, foreign }) {
  if (!foreign) return `${parts} SMS de 160 caractères (${units}).`;
  return `${parts} SMS de 70 caractères (${units}), à cause de\u00a0: ${foreign}`;
}

const sms = document.querySelector("[data-sms]");
const mail = document.querySelector("[data-mail]");

function follow() {
  document.querySelector("[data-cost]").textContent = told(cost(sms.value));
  document.querySelector("[data-sms-link]").href = `sms:?&body=${encodeURIComponent(sms.value)}`;
  const body = encodeURIComponent(mail.value.replaceAll("\n", "\r\n"));
  const subject = encodeURIComponent("Feuille de contacts");
  document.querySelector("[data-mail-link]").href = `mailto:?subject=${subject}&body=${body}`;
}

async function copy(button) {
  const field = document.querySelector(button.dataset.copyText);
  const label = button.querySelector("[data-copy-label]");
  try {
    await navigator.clipboard.writeText(field.value);
    label.textContent = "Copié";
  } catch {
    field.select();
    label.textContent = document.execCommand("copy") ? "Copié" : "Ctrl\u00a0+\u00a0C";
  }
  setTimeout(() => {
    label.textContent = "Copier";
  }, SHOWN_MS);
}

document.querySelector("[data-print]")?.addEventListener("click", () => print());

if (sms) {
  for (const field of [sms, mail]) field.addEventListener("input", follow);
  for (const button of document.querySelectorAll("[data-copy-text]")) {
    button.addEventListener("click", () => copy(button));
  }
}
