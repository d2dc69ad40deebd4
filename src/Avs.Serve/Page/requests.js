// What the page asks of its server. Every failure is an Error whose message is a sentence.

const LOST = 'the server does not answer: it has ended, or the connection broke off';

function read(status, text) {
  let answer = {};
  try { answer = text ? JSON.parse(text) : {}; } catch { /* not from our server */ }
  if (status >= 400) throw new Error(answer.error ?? `the server answered with ${status}`);
  return answer;
}

export async function request(method, path) {
  let response;
  try { response = await fetch(path, { method }); } catch { throw new Error(LOST); }
  return read(response.status, await response.text());
}

// fetch cannot say how much of a body has been sent.
export function upload(path, file, progress) {
  return new Promise((done, failed) => {
    const http = new XMLHttpRequest();
    http.open('POST', path);
    http.upload.onprogress = event => progress(event.loaded / event.total);
    http.onerror = () => failed(new Error(LOST));
    http.onload = () => { try { done(read(http.status, http.responseText)); } catch (error) { failed(error); } };
    http.send(file);
  });
}

// Texts become text nodes, never markup.
export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
