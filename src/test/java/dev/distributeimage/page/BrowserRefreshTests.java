package dev.distributeimage.page;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests in a real browser how the page stays up to date, and what it does when it cannot.
 */
@EnabledIf(value = "dev.distributeimage.page.Chromium#isInstalled", disabledReason = "There is no Chromium here")
@NullUnmarked
class BrowserRefreshTests extends BrowserTest {

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
	void whatIsOpenStaysWhenTheRunEnds() {
		simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.error(500, "InternalFailure"));
		String run = started("web-stuck");
		Page page = opened(run);
		page.getByLabel("Only failures").check();
		Locator inputs = page.getByText("Inputs", new Page.GetByTextOptions().setExact(true));
		inputs.click();
		assertThat(inputs).isFocused();
		this.http.post("/v1" + run + "/cancel", BodyPublishers.noBody());
		assertThat(page.locator("h1 .status")).hasText("Cancelled");
		assertThat(page.locator(".trouble")).isVisible();
		assertThat(page.locator("#next-title")).hasCount(0);
		assertThat(page.getByLabel("Only failures")).isChecked();
		assertThat(inputs).isFocused();
		assertThat(page.locator("details[open] pre")).containsText("distributionName");
	}

	@ParameterizedTest
	@CsvSource({ "401, You are signed out. Reload the page.", "302, You are signed out. Reload the page.",
			"404, This run was removed.", "429, the service answers 429", "503, the service answers 503",
			"500, the service answers 500", "0, the service cannot be reached" })
	void pageThatIsNotUpToDateSaysWhy(int status, String reason) {
		Page page = opened(started("web-stuck"));
		page.route("**/runs/*", (route) -> {
			if (status == 0) {
				route.abort();
			}
			else {
				route.fulfill(new FulfillOptions().setStatus(status).setHeaders(Map.of("Location", "/runs")));
			}
		});
		assertThat(page.locator("#news")).containsText(reason);
		page.unroute("**/runs/*");
		assertThat(page.locator("#news")).hasText("");
	}

	@Test
	void refreshesDoNotOverlap() {
		Page page = page(new NewContextOptions());
		AtomicInteger fetched = new AtomicInteger();
		page.onRequest((request) -> fetched.addAndGet(request.resourceType().equals("fetch") ? 1 : 0));
		page.route("**/runs", (route) -> {
			// A fetch is left without an answer.
			if (!route.request().resourceType().equals("fetch")) {
				route.resume();
			}
		});
		// This time is the machine's: another fetch could follow in it.
		page.addInitScript("AbortSignal.timeout = () => new AbortController().signal");
		page.clock().install();
		page.navigate(this.origin + "/runs");
		page.clock().runFor(5_500);
		page.waitForCondition(() -> fetched.get() > 0);
		page.clock().runFor(30_000);
		assertThat(page.locator("#list")).isVisible();
		assertThat(fetched).hasValue(1);
	}

	@Test
	void refreshWithoutAnAnswerIsGivenUp() {
		Page page = opened("/runs");
		page.route("**/runs", (route) -> {
			// Without an answer.
		});
		assertThat(page.locator("#news")).containsText("the service cannot be reached");
	}

	@Test
	void questionThatCannotBeFetchedIsAPage() {
		Page page = opened(started("web-stuck"));
		page.route("**/cancel", (route) -> {
			if (route.request().resourceType().equals("fetch")) {
				route.abort();
			}
			else {
				route.resume();
			}
		});
		page.locator("[data-ask]").click();
		assertThat(page).hasURL(Pattern.compile(".*/cancel"));
		assertThat(page.locator("main h1")).hasText("Cancel this run?");
	}

	@Test
	void twoClicksAskOnce() {
		Page page = opened(started("web-stuck"));
		page.locator("[data-ask]").dblclick();
		assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
		assertThat(page.locator("dialog")).hasCount(1);
	}

	@Test
	void newsStayWhenNothingElseHappens() {
		String run = started("web-stuck");
		Page page = opened(run);
		this.http.post("/v1" + run + "/cancel", BodyPublishers.noBody());
		assertThat(page.locator("#news")).hasText("The run: Cancelled");
		page.waitForResponse("**" + run, () -> page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"));
		page.waitForResponse("**" + run, () -> page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"));
		assertThat(page.locator("#news")).hasText("The run: Cancelled");
	}

	@Test
	void newsHaveTheirPlaceBeforeThereAreAny() {
		Page page = opened("/runs");
		assertThat(page.getByRole(AriaRole.STATUS)).hasText("");
	}

	@Test
	void copyIsOfferedWhereItWorks() {
		Page page = page(new NewContextOptions());
		this.context.addInitScript("delete Navigator.prototype.clipboard");
		page.navigate(this.origin + started("web"));
		assertThat(page.locator(".copy").first()).isHidden();
	}

	@ParameterizedTest
	@CsvSource({ "resolve, Copied", "reject, Could not copy" })
	void copySaysWhetherItWorked(String outcome, String words) {
		Page page = page(new NewContextOptions());
		this.context.addInitScript("navigator.clipboard.writeText = () => Promise.%s()".formatted(outcome));
		page.clock().install();
		page.navigate(this.origin + started("web"));
		assertThat(page.locator("h1 .status")).hasText("Succeeded");
		page.clock().pauseAt(System.currentTimeMillis() + 10_000);
		page.locator(".copy").first().click();
		assertThat(page.locator("#news")).hasText(words);
		page.clock().runFor(2_000);
		assertThat(page.locator("#news")).hasText("");
	}

}
