package dev.distributeimage.api.contract;

import tools.jackson.databind.JsonNode;

import org.springframework.context.annotation.Conditional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Publishes the contract. */
@RestController
@Conditional(DocumentsServed.class)
class OpenApiController {

	private final byte[] yaml = OpenApi.yaml();

	@GetMapping(path = "/v3/api-docs", produces = MediaType.APPLICATION_JSON_VALUE)
	JsonNode json() {
		return OpenApi.document();
	}

	@GetMapping(path = "/v3/api-docs.yaml", produces = MediaType.APPLICATION_YAML_VALUE)
	ResponseEntity<byte[]> yaml() {
		return ResponseEntity.ok(this.yaml);
	}

}
