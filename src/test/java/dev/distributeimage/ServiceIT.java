package dev.distributeimage;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.simulator.AssumedSession;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests the jar with its own configuration from outside: over HTTP, on a real PostgreSQL.
 */
class ServiceIT {

	/** Settings of a service that polls and retries soon. */
	static final String[] QUICK = { "--distribute-image.image.poll-every=300ms",
			"--distribute-image.poller.claim-for=6s", "--distribute-image.aws.attempt-timeout=2s",
			"--distribute-image.retry.first-delay=100ms", "--distribute-image.retry.max-delay=1s",
			"--distribute-image.poller.tick=200ms" };

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	@AfterEach
	void close() {
		this.simulator.close();
	}

	@Test
	void runGoesFromThePostToAnAvailableImage() {
		this.simulator.pace(Duration.ofMillis(200));
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(), QUICK)) {
			HttpResponse<String> accepted = service.post(request("web"));
			assertThat(accepted.statusCode()).isEqualTo(202);
			String location = accepted.headers().firstValue("Location").orElseThrow();
			JsonNode run = service.ended(List.of(location)).get(0);
			assertThat(run.at("/status").stringValue()).isEqualTo("SUCCEEDED");
			assertThat(run.at("/outputs/finalStatus").stringValue()).isEqualTo("AVAILABLE");
			assertThat(run.at("/outputs/distributionConfigurationArn").stringValue())
				.isEqualTo("arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web");
			assertThat(run.at("/outputs/imageBuildVersionArn").stringValue())
				.isEqualTo("arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1");
			assertThat(run.at("/image/amis").values()).extracting((ami) -> ami.get("region").stringValue())
				.containsExactlyInAnyOrder("eu-west-1", "us-east-1");
		}
	}

	@Test
	void runOfAnotherAccountThanTheCredentialsIsRefused() {
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(), QUICK)) {
			String other = request("web").replace("123456789012:infrastructure", "999999999999:infrastructure");
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> service.post("/v1/runs?validateOnly=true", other).statusCode() == 403);
			assertThat(service.post(other).body()).contains("/problems/not-allowed", "accounts");
			assertThat(service.post(request("web")).statusCode()).isEqualTo(202);
		}
	}

	@Test
	void runOfAnAccountWithARoleIsCarriedOutThere() {
		this.simulator.pace(Duration.ofMillis(200));
		this.simulator.sts().trust("arn:aws:iam::222222222222:role/images", "4711");
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(),
				Map.of("DISTRIBUTEIMAGE_ACCOUNTS_222222222222_ROLEARN", "arn:aws:iam::222222222222:role/images",
						"DISTRIBUTEIMAGE_ACCOUNTS_222222222222_EXTERNALID", "4711"),
				QUICK)) {
			String other = request("web").replace("123456789012:infrastructure", "999999999999:infrastructure");
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> service.post("/v1/runs?validateOnly=true", other).statusCode() == 403);
			String location = service.post(request("web").replace("123456789012", "222222222222"))
				.headers()
				.firstValue("Location")
				.orElseThrow();
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> service.get(location).at("/step").stringValue().equals("getImage"));
			this.simulator.sts().expireSessions();
			JsonNode run = service.ended(List.of(location)).get(0);
			assertThat(run.at("/status").stringValue()).isEqualTo("SUCCEEDED");
			assertThat(run.at("/outputs/imageBuildVersionArn").stringValue())
				.isEqualTo("arn:aws:imagebuilder:eu-west-1:222222222222:image/web/1.0.0/1");
			assertThat(this.simulator.builds()).isOne();
			assertThat(this.simulator.sts().sessions()).extracting(AssumedSession::name)
				.contains("run-" + run.at("/id").stringValue(), "polls");
		}
	}

	@Test
	void serviceStartsAndServesWhileStsIsOutOfReach() {
		Simulator closed = Simulator.start();
		closed.close();
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(),
				Map.of("AWS_ENDPOINT_URL_STS", closed.endpoint().toString()), QUICK)) {
			String location = service.post(request("web")).headers().firstValue("Location").orElseThrow();
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> service.get(location).at("/step").stringValue().equals("getImage"));
		}
	}

	@Test
	void openModeIsForThisMachineUnlessAnAddressIsSet() throws IOException {
		InetAddress outside = addressOfThisMachine();
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(), QUICK)) {
			int api = service.uri("/").getPort();
			int management = service.management("/").getPort();
			assertThat(service.answer("/v1/runs").statusCode()).isEqualTo(200);
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket(outside, api).close());
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket(outside, management).close());
		}
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(),
				Map.of("SERVER_ADDRESS", "0.0.0.0", "MANAGEMENT_SERVER_ADDRESS", "0.0.0.0"), QUICK)) {
			new Socket(outside, service.uri("/").getPort()).close();
			new Socket(outside, service.management("/").getPort()).close();
		}
	}

	@Test
	void serviceThatNobodyCouldSignInToRefusesToStart() {
		assertThatThrownBy(() -> ServiceProcess.start(this.database, this.simulator.endpoint(),
				Map.of("DISTRIBUTEIMAGE_SECURITY_OPEN", "false")))
			.hasMessageContaining("No issuer is set, so that nobody could sign in")
			.hasMessageContaining("distribute-image.security.open=true")
			.message()
			.doesNotContain("Flyway", "\tat ");
	}

	@Test
	void managementPortThatIsTakenIsNamed() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(),
						Map.of("MANAGEMENT_SERVER_PORT", Integer.toString(taken.getLocalPort())))) {
			assertThatThrownBy(() -> service.management("/"))
				.hasMessageContaining("Port " + taken.getLocalPort() + " was already in use");
		}
	}

	private static InetAddress addressOfThisMachine() throws IOException {
		Optional<InetAddress> address = NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((one) -> one instanceof Inet4Address && !one.isLoopbackAddress())
			.findFirst();
		assumeThat(address).as("an address besides loopback").isPresent();
		return address.orElseThrow();
	}

	/** The body of a request for an image in two Regions. */
	static String request(String name) {
		return """
				{ "distributionName": "%s",
				  "distributions": [
				    { "region": "eu-west-1",
				      "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } },
				    { "region": "us-east-1",
				      "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }""".formatted(name);
	}

}
