package dev.distributeimage;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorMain;
import dev.distributeimage.simulator.SimulatorSettings;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.event.EventListener;

/**
 * The service with its own PostgreSQL and Image Builder: nothing to install or configure.
 * An image is AVAILABLE after about twenty seconds.
 */
public final class TestDistributeImageApplication {

	private static final Duration PACE = Duration.ofSeconds(3);

	private TestDistributeImageApplication() {
	}

	/**
	 * With {@code simulator} as its first argument, starts only the simulator; with
	 * {@code --secured} as its first argument, an OpenID provider as well.
	 */
	public static void main(String[] args) throws InterruptedException {
		String first = (args.length > 0) ? args[0] : "";
		String[] others = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
		switch (first) {
			case "simulator" -> SimulatorMain.run(others);
			case "--secured" -> serve(SecuredInvitation.class, SecuredInvitation.arguments(others));
			default -> serve(Invitation.class, withDefaults(args, "--distribute-image.security.open=true"));
		}
	}

	/** The simulator ends with the JVM. */
	@SuppressWarnings("resource")
	private static void serve(Class<?> invitation, String... args) {
		Simulator simulator = Simulator.start(SimulatorSettings.defaults().withPace(PACE));
		pointTheSdkAt(simulator);
		SpringApplication.from(DistributeImageApplication::main)
			.with(TestPostgres.class, invitation)
			.run(withDefaults(args, "--distribute-image.image.poll-every=1s", "--logging.level.root=info",
					"--logging.level.org.testcontainers=off", "--logging.level.io.zonky=warn"));
	}

	/** Replaces the endpoints of Image Builder and STS, and the credentials. */
	public static void pointTheSdkAt(Simulator simulator) {
		System.setProperty("aws.endpointUrlImagebuilder", simulator.endpoint().toString());
		System.setProperty("aws.endpointUrlSts", simulator.endpoint().toString());
		System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
		System.setProperty("aws.secretAccessKey", "secret");
	}

	/** Returns arguments, of which the later ones count. */
	static String[] withDefaults(String[] args, String... defaults) {
		return Stream.concat(Arrays.stream(defaults), Arrays.stream(args)).toArray(String[]::new);
	}

	/** Prints an example request as soon as the service is ready. */
	@TestConfiguration(proxyBeanMethods = false)
	static class Invitation {

		@EventListener
		void on(ApplicationReadyEvent ready) {
			String runs = "http://localhost:%s/v1/runs"
				.formatted(ready.getApplicationContext().getEnvironment().getProperty("local.server.port"));
			System.out.printf(
					"""

							Ready, in open mode: everybody may do everything. With -Dspring-boot.run.arguments=--secured, callers
							need a token. PostgreSQL is its own, Image Builder is simulated. Start a run:

							token=web-$(date +%%s)
							curl -sS %1$s -H 'Content-Type: application/json' -d '{
							  "clientToken": "'$token'",
							  "distributionName": "'$token'",
							  "distributions": [
							    { "region": "eu-west-1",
							      "amiDistributionConfiguration": { "name": "web-{{ imagebuilder:buildDate }}" } },
							    { "region": "us-east-1",
							      "amiDistributionConfiguration": { "name": "web-{{ imagebuilder:buildDate }}" } } ],
							  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
							  "infrastructureConfigurationArn":
							    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }'

							Then see how it stands; it has SUCCEEDED after about 20 seconds:

							curl -sS "%1$s?clientToken=$token"

							Or watch it in a browser: %2$s

							""",
					runs, runs.replace("/v1", ""));
		}

	}

}
