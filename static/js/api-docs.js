/* The documentation of the API, drawn from its own description: local files, the page's session. */

const holder = document.querySelector("#api-docs");

function withSession(request) {
  if (new URL(request.url, location.href).origin === location.origin) {
    request.headers["X-CSRFToken"] = holder.dataset.csrf;
  }
  return request;
}

window.SwaggerUIBundle({
  domNode: holder,
  url: holder.dataset.schema,
  defaultModelsExpandDepth: -1,
  requestInterceptor: withSession,
  tryItOutEnabled: true,
  validatorUrl: null,
});
