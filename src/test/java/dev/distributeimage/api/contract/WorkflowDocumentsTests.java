package dev.distributeimage.api.contract;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.junit.jupiter.web.SpringJUnitWebConfig;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

@SpringJUnitWebConfig(WorkflowDocuments.class)
class WorkflowDocumentsTests {

	private final MockMvcTester http;

	WorkflowDocumentsTests(@Autowired WebApplicationContext context) {
		this.http = MockMvcTester.from(context);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/arazzo.yml", "/imagebuilder-openapi.yml" })
	void documentIsServedAsYaml(String path) {
		assertThat(this.http.get().uri(path)).hasStatusOk().hasContentType("application/yaml");
	}

}
