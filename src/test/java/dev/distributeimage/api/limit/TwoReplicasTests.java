package dev.distributeimage.api.limit;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Client;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.SecuredTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that two replicas on one database hold an owner to one number of runs. */
@ApiTest
@TestPropertySource(properties = { Requests.POLICY, "distribute-image.limits.runs-in-flight=20" })
class TwoReplicasTests implements SecuredTest {

	private static final int CALLERS = 50;

	private static final int STARTS_EACH = 4;

	private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);

	@Autowired
	private JdbcClient jdbc;

	private Http first;

	private ConfigurableApplicationContext replica;

	@BeforeEach
	void setUp(@LocalServerPort int port, @Autowired JdbcConnectionDetails database) {
		TestPostgres.empty(this.jdbc);
		this.first = new Http(port);
		this.replica = new SpringApplicationBuilder(DistributeImageApplication.class).run(settings(database).entrySet()
			.stream()
			.map((setting) -> "--" + setting.getKey() + "=" + setting.getValue())
			.toArray(String[]::new));
	}

	private static Map<String, Object> settings(JdbcConnectionDetails database) {
		Map<String, Object> settings = new TreeMap<>();
		policy().forEach((name, value) -> settings.put(name.toString(), value));
		settings.putAll(Map.of("spring.datasource.url", database.getJdbcUrl(), "spring.datasource.username",
				Objects.requireNonNull(database.getUsername()), "spring.datasource.password",
				Objects.requireNonNull(database.getPassword()), "server.port", 0, "management.server.port", 0,
				"distribute-image.poller.enabled", false, "distribute-image.aws.verify-account", false,
				"distribute-image.security.open", false));
		settings.putAll(Map.of("spring.security.oauth2.resourceserver.jwt.issuer-uri", PROVIDER.issuer(),
				"spring.security.oauth2.resourceserver.jwt.audiences", OpenIdProvider.AUDIENCE,
				"distribute-image.limits.starts", 1_000, "distribute-image.limits.requests", 1_000,
				"distribute-image.limits.burst", 1_000, "distribute-image.limits.runs-in-flight", 20));
		return settings;
	}

	private static Properties policy() {
		try {
			Properties policy = new Properties();
			policy.load(new StringReader(Requests.POLICY));
			return policy;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@AfterEach
	void close() {
		this.threads.shutdown();
		this.replica.close();
	}

	@Test
	void fiftyCallersOfTwoReplicasHaveExactlyTheRunsInFlightThatTheirOwnerMayHave() {
		Http second = new Http(Integer
			.parseInt(Objects.requireNonNull(this.replica.getEnvironment().getProperty("local.server.port"))));
		List<Client> clients = List.of(Client.of(this.first, PROVIDER, "web", "runs:write"),
				Client.of(second, PROVIDER, "web", "runs:write"));
		List<CompletableFuture<Map<Integer, Long>>> callers = IntStream.range(0, CALLERS)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> started(clients.get(i % 2)), this.threads))
			.toList();
		Map<Integer, Long> answers = callers.stream()
			.flatMap((caller) -> caller.join().entrySet().stream())
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Long::sum));
		assertThat(answers).isEqualTo(Map.of(202, 20L, 429, CALLERS * STARTS_EACH - 20L));
		assertThat(this.jdbc.sql("select count(*) from run").query(Integer.class).single()).isEqualTo(20);
	}

	private static Map<Integer, Long> started(Client client) {
		return IntStream.range(0, STARTS_EACH)
			.mapToObj((i) -> answered(client))
			.collect(Collectors.groupingBy(HttpResponse::statusCode, Collectors.counting()));
	}

	// A machine that is busy sheds some of the load.
	private static HttpResponse<String> answered(Client client) {
		HttpResponse<String> answer = client.post("/v1/runs", Requests.withoutToken());
		while (answer.statusCode() == 503) {
			answer = client.post("/v1/runs", Requests.withoutToken());
		}
		return answer;
	}

}
