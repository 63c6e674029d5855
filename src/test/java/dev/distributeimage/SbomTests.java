package dev.distributeimage;

import dev.distributeimage.api.ApiTest;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the actuator shows the software bill of materials. */
@ApiTest
class SbomTests {

	@Test
	void actuatorShowsTheSbomOfTheBuild(@LocalManagementPort int port) {
		String sbom = RestClient.create()
			.get()
			.uri("http://localhost:{port}/actuator/sbom/application", port)
			.retrieve()
			.body(String.class);
		assertThat(sbom).contains("\"bomFormat\" : \"CycloneDX\"")
			.contains("\"purl\" : \"pkg:maven/dev.distributeimage/distribute-image@");
	}

}
