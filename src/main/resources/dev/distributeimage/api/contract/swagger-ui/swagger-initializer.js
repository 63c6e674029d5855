window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "../v3/api-docs",
    dom_id: "#swagger-ui",
    deepLinking: true,
    // Requests go to the service that shows the page, wherever it is.
    requestInterceptor: (request) => {
      request.url = request.url.replace(/^http:\/\/localhost:8080(?=\/)/, location.origin);
      return request;
    },
    // The badge would send the document's address to a host of Swagger's.
    validatorUrl: null
  });
};
