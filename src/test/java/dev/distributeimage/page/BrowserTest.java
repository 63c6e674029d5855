package dev.distributeimage.page;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import dev.distributeimage.TestDistributeImageApplication;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.Http;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base class of tests of the page in a real browser, against the whole service and the
 * simulator.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "distribute-image.image.poll-every=1s", "distribute-image.poller.tick=200ms",
				"distribute-image.watch.every=50ms" })
@Import(TestPostgres.class)
@DirtiesContext
@NullUnmarked
abstract class BrowserTest {

	private static final Duration PACE = Duration.ofSeconds(1);

	private static final double PATIENCE = 60_000;

	static Simulator simulator;

	private static Chromium chromium;

	private final List<String> foreign = new ArrayList<>();

	private final List<String> errors = new ArrayList<>();

	String origin;

	Http http;

	BrowserContext context;

	@BeforeAll
	static void begin() {
		simulator = Simulator.start(SimulatorSettings.defaults().withPace(PACE));
		TestDistributeImageApplication.pointTheSdkAt(simulator);
		chromium = new Chromium();
		PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
	}

	@AfterAll
	static void end() {
		chromium.close();
		simulator.close();
		List.of("aws.endpointUrlImagebuilder", "aws.endpointUrlSts", "aws.accessKeyId", "aws.secretAccessKey")
			.forEach(System::clearProperty);
	}

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.origin = "http://localhost:" + port;
		this.http = new Http(port);
	}

	@AfterEach
	void nothingLeftTheOriginAndNothingFailed() {
		if (this.context != null) {
			this.context.close();
		}
		assertThat(this.foreign).isEmpty();
		assertThat(this.errors).isEmpty();
	}

	Page opened(String path) {
		Page page = page(new NewContextOptions());
		page.navigate(this.origin + path);
		return page;
	}

	Page page(NewContextOptions options) {
		this.context = chromium.browser().newContext(options);
		this.context.setDefaultTimeout(PATIENCE);
		Page page = this.context.newPage();
		page.onRequest((request) -> {
			if (!request.url().startsWith(this.origin + "/")) {
				this.foreign.add(request.url());
			}
		});
		page.onPageError(this.errors::add);
		return page;
	}

	String started(String recipe) {
		HttpResponse<String> answer = this.http.post("/v1/runs",
				"""
						{ "distributionName": "web-%s", "labels": { "team": "platform", "commit": "9f2c11a" },
						  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/%s/1.0.0",
						  "infrastructureConfigurationArn":
						    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web",
						  "distributions": [
						    { "region": "eu-west-1", "amiDistributionConfiguration": { "name": "web-{{ imagebuilder:buildDate }}" } },
						    { "region": "us-east-1", "amiDistributionConfiguration": { "name": "web-{{ imagebuilder:buildDate }}" } } ] }
						"""
					.formatted(UUID.randomUUID(), recipe));
		return Http.header(answer, "Location").substring("/v1".length());
	}

	static String id(String run) {
		return run.substring("/runs/".length());
	}

}
