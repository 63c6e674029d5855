package dev.distributeimage.page;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.distributeimage.TestDistributeImageApplication;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.Http;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests the page in a real browser, against the whole service and the simulator. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "distribute-image.image.poll-every=1s", "distribute-image.poller.tick=200ms",
				"distribute-image.watch.every=50ms" })
@Import(TestPostgres.class)
@EnabledIf(value = "dev.distributeimage.page.Chromium#isInstalled", disabledReason = "There is no Chromium here")
@NullUnmarked
class BrowserTests {

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	private static final Duration PACE = Duration.ofSeconds(1);

	private static final double PATIENCE = 60_000;

	private static Simulator simulator;

	private static Chromium chromium;

	private final List<String> foreign = new ArrayList<>();

	private final List<String> errors = new ArrayList<>();

	private String origin;

	private Http http;

	private BrowserContext context;

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

	@Test
	void runIsSeenThroughItsStepsWithoutAReload() {
		Page page = opened(started("web"));
		page.evaluate("window.stays = true");
		assertThat(page.locator("h1 .status")).hasText("Succeeded");
		assertThat(page.locator(".statuses")).containsText("BUILDING");
		assertThat(page.locator(".statuses")).containsText("AVAILABLE");
		assertThat(page.locator(".step.good")).hasCount(3);
		assertThat(page.locator(".places a")).hasCount(2);
		assertThat(page.locator("#news")).containsText("Succeeded");
		assertThat(page.evaluate("window.stays")).isEqualTo(true);
	}

	@Test
	void listFollowsWithoutLosingFocusOrWhatIsTyped() {
		String first = started("web-stuck");
		Page page = opened("/runs");
		page.getByLabel("Name begins with").fill("half a na");
		page.locator("#run-" + id(first) + " .name").focus();
		String second = started("web-stuck");
		assertThat(page.locator("#run-" + id(second))).isVisible();
		assertThat(page.locator("#run-" + id(first) + " .name")).isFocused();
		assertThat(page.getByLabel("Name begins with")).hasValue("half a na");
	}

	@Test
	void hiddenListIsNotRefreshed() {
		Page page = page(new NewContextOptions());
		AtomicInteger fetched = new AtomicInteger();
		page.onRequest((request) -> fetched.addAndGet(request.resourceType().equals("fetch") ? 1 : 0));
		page.clock().install();
		page.navigate(this.origin + "/runs");
		page.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.away === true })");
		page.waitForRequest((request) -> request.resourceType().equals("fetch"), () -> page.clock().runFor(5_500));
		page.evaluate("window.away = true; document.dispatchEvent(new Event('visibilitychange'))");
		int before = fetched.get();
		page.clock().runFor(60_000);
		assertThat(fetched).hasValue(before);
		page.waitForRequest((request) -> request.resourceType().equals("fetch"),
				() -> page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))"));
	}

	@Test
	void runIsCancelledByClicking() {
		Page page = opened(started("web-stuck"));
		page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Cancel")).click();
		Locator dialog = page.getByRole(AriaRole.DIALOG);
		assertThat(dialog).containsText("Cancel this run?");
		dialog.getByText("Cancel the run").click();
		assertThat(page.locator("h1 .status")).hasText("Cancelled");
		assertThat(page.locator(".trouble")).containsText("The run was cancelled");
	}

	@Test
	void runIsRetriedByClickingOnceThePlanIsSeen() {
		Page page = opened(started("web-fail-test"));
		assertThat(page.locator(".trouble")).containsText("The test 'simulated' has failed.");
		page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Retry")).click();
		Locator dialog = page.getByRole(AriaRole.DIALOG);
		assertThat(dialog).containsText("Try the same image again");
		dialog.getByText("Retry the run").click();
		assertThat(page.locator("#past-title")).isVisible();
	}

	@Test
	void scriptInATextOfAwsStaysText() {
		String text = "<script>document.title = 'taken'</script><img src=x onerror=alert(1)>";
		simulator.nextImage(Ending.failedAt("BUILDING", text));
		Page page = opened(started("web"));
		assertThat(page.locator(".trouble blockquote")).hasText(text);
		assertThat(page.locator(".history .bad p").first()).hasText(text);
		assertThat(page.title()).doesNotContain("taken");
		assertThat(page.locator("main script, main img")).hasCount(0);
	}

	@Test
	void everythingWorksWithoutAScript() {
		String run = started("web-stuck");
		Page page = page(new NewContextOptions().setJavaScriptEnabled(false));
		page.navigate(this.origin + "/runs");
		page.getByLabel("Region").first().fill("us-east-1");
		page.getByText("Filter", new Page.GetByTextOptions().setExact(true)).click();
		assertThat(page).hasURL(this.origin + "/runs?region=us-east-1");
		page.locator("#run-" + id(run) + " .name").click();
		page.getByText("Cancel", new Page.GetByTextOptions().setExact(true)).click();
		assertThat(page).hasURL(this.origin + run + "/cancel");
		page.getByText("Cancel the run").click();
		assertThat(page).hasURL(this.origin + run);
		assertThat(page.locator(".events")).containsText("Cancel requested");
	}

	@Test
	void labelLeadsToTheRunsThatHaveIt() {
		String run = started("web");
		Page page = opened(run);
		page.locator(".labels a").getByText("platform").click();
		assertThat(page).hasURL(this.origin + "/runs?label=team%3Aplatform");
		assertThat(page.locator("#run-" + id(run))).isVisible();
		assertThat(page.locator(".chips")).containsText("team:platform");
	}

	@Test
	void failuresAreFilteredInTheHistory() {
		Page page = opened(started("web-fail-build"));
		page.getByLabel("Only failures").check();
		assertThat(page.locator(".events li:visible")).hasCount(2);
	}

	@Test
	void keyboardIsEnough() {
		Page page = opened(started("web-stuck"));
		page.keyboard().press("Tab");
		assertThat(page.locator(".skip")).isFocused();
		page.keyboard().press("Enter");
		assertThat(page.locator("main")).isFocused();
		Locator cancel = page.locator("[data-ask]");
		for (int i = 0; i < 10
				&& !Boolean.TRUE.equals(cancel.evaluate("(link) => link === document.activeElement")); i++) {
			page.keyboard().press("Tab");
		}
		assertThat(cancel).isFocused();
		page.keyboard().press("Enter");
		assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
		page.keyboard().press("Escape");
		assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
		assertThat(cancel).isFocused();
	}

	@ParameterizedTest
	@EnumSource(value = ColorScheme.class, names = { "LIGHT", "DARK" })
	void everybodyCanUseIt(ColorScheme scheme) throws IOException {
		String good = started("web");
		String bad = started("web-fail-test");
		String stuck = started("web-stuck");
		Page page = page(new NewContextOptions().setColorScheme(scheme));
		page.navigate(this.origin + good);
		assertThat(page.locator("h1 .status")).hasText("Succeeded");
		page.navigate(this.origin + bad);
		assertThat(page.locator("h1 .status")).hasText("Failed");
		Map<String, String> paths = Map.of("list", "/runs?label=team", "run", good, "failed", bad, "running", stuck,
				"cancel", stuck + "/cancel", "retry", bad + "/retry", "missing", "/runs/" + UUID.randomUUID(),
				"problems", "/problems/", "problem", "/problems/not-found");
		for (Map.Entry<String, String> path : paths.entrySet()) {
			page.navigate(this.origin + path.getValue());
			assertThat(violations(page)).as(path.getKey()).isEmpty();
			for (int width : List.of(360, 1280, 2560)) {
				page.setViewportSize(width, (width == 360) ? 780 : width * 5 / 8);
				assertThat(page.evaluate("document.documentElement.scrollWidth")).as(path.getKey()).isEqualTo(width);
				page.screenshot(new Page.ScreenshotOptions()
					.setPath(SCREENSHOTS.resolve("%s-%s-%d.png".formatted(path.getKey(), scheme, width))));
			}
		}
	}

	@SuppressWarnings("unchecked")
	private static List<String> violations(Page page) throws IOException {
		// Not as a script of the page, which has a policy.
		try (InputStream axe = BrowserTests.class.getResourceAsStream("/axe.min.js")) {
			page.evaluate(new String(Objects.requireNonNull(axe).readAllBytes(), StandardCharsets.UTF_8));
		}
		return (List<String>) page.evaluate("async () => (await axe.run()).violations"
				+ ".flatMap((rule) => rule.nodes.map((node) => rule.id + ': ' + node.html + ' ' + node.failureSummary))");
	}

	private Page opened(String path) {
		Page page = page(new NewContextOptions());
		page.navigate(this.origin + path);
		return page;
	}

	private Page page(NewContextOptions options) {
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

	private String started(String recipe) {
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

	private static String id(String run) {
		return run.substring("/runs/".length());
	}

}
