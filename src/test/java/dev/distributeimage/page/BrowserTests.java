package dev.distributeimage.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.SimulatedImage;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests the page in a real browser. */
@EnabledIf(value = "dev.distributeimage.page.Chromium#isInstalled", disabledReason = "There is no Chromium here")
@NullUnmarked
class BrowserTests extends BrowserTest {

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	@Test
	void runIsSeenThroughItsStepsWithoutAReload() {
		Page page = opened(started("web-stuck"));
		page.evaluate("window.stays = true");
		assertThat(page.locator(".statuses")).containsText("DISTRIBUTING");
		List<SimulatedImage> images = simulator.images();
		images.get(images.size() - 1).becomes("AVAILABLE");
		assertThat(page.locator("h1 .status")).hasText("Succeeded");
		assertThat(page.locator(".statuses")).containsText("AVAILABLE");
		assertThat(page.locator(".step.good")).hasCount(3);
		assertThat(page.locator(".places a")).hasCount(2);
		assertThat(page.locator("#news")).containsText("Succeeded");
		assertThat(page.evaluate("window.stays")).isEqualTo(true);
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

}
