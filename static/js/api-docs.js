// The documentation of the API, drawn from its own description: local files, the page's session.
const holder = document.querySelector("#api-docs");
const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

window.SwaggerUIBundle({
  domNode: holder,
  url: holder.dataset.schema,
  deepLinking: false,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (new URL(request.url, location.href).origin === location.origin) {
      request.headers["X-CSRFToken"] = csrf();
    }
    return request;
  },
});
