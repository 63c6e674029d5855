package dev.distributeimage.audit;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests which address is recorded behind a proxy that is trusted. */
@ApiTest
@TestPropertySource(properties = { "server.forward-headers-strategy=native",
		"server.tomcat.remoteip.internal-proxies=127.0.0.1/32" })
class AuditedProxyTests {

	@Autowired
	private JdbcClient jdbc;

	@BeforeEach
	void setUp() {
		TestPostgres.empty(this.jdbc);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "203.0.113.9 | 203.0.113.9", "127.0.0.1, 203.0.113.9 | 203.0.113.9",
			"198.51.100.1, 10.0.0.7 | 10.0.0.7" })
	void addressIsTheLastThatNoTrustedProxyHas(String forwarded, String recorded, @LocalServerPort int port) {
		new Http(port).post("/v1/runs", Requests.withoutToken(), "X-Forwarded-For", forwarded);
		assertThat(this.jdbc.sql("select address from audit_event").query(String.class).list())
			.containsExactly(recorded);
	}

}
