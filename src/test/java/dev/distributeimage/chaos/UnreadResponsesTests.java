package dev.distributeimage.chaos;

import java.io.IOException;
import java.time.Duration;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests more clients than threads, who pipeline requests for small responses and do not
 * read them. Over a network, little fits into the sockets' buffers; over the loopback
 * interface, 2 MB would.
 */
@ApiTest
@TestPropertySource(properties = "server.tomcat.threads.max=" + UnreadResponsesTests.THREADS)
class UnreadResponsesTests {

	static final int THREADS = 8;

	private final int port;

	UnreadResponsesTests(@LocalServerPort int port) {
		this.port = port;
	}

	@Test
	void holdNoOtherCallerUp() throws IOException {
		String get = "GET /page.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
		Http http = new Http(this.port);
		try (SlowClients clients = new SlowClients(this.port)) {
			clients.open(2 * THREADS, get.repeat(20)).drip(Duration.ofSeconds(1));
			for (int i = 0; i < 2 * THREADS; i++) {
				assertThat(http.get("/v1/runs").statusCode()).isEqualTo(200);
			}
			assertThat(clients.areConnected()).as("The other caller waited until some had been given up").isTrue();
		}
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class SmallBuffers {

		@Bean
		WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> smallBuffers() {
			return (factory) -> factory
				.addConnectorCustomizers((connector) -> connector.setProperty("socket.txBufSize", "4096"));
		}

	}

}
