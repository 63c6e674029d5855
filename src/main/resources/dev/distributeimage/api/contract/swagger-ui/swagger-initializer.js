window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "../v3/api-docs",
    dom_id: "#swagger-ui",
    deepLinking: true,
    // The badge would send the document's address to a host of Swagger's.
    validatorUrl: null
  });
};
