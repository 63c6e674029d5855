package dev.distributeimage.page;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;

/** The Chromium of this machine. None is downloaded. */
final class Chromium implements AutoCloseable {

	private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

	private final Playwright playwright = Playwright
		.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));

	private final Browser browser = this.playwright.chromium()
		.launch(new LaunchOptions().setExecutablePath(installed().orElseThrow())
			.setArgs(List.of("--no-sandbox"))
			.setTimeout(120_000));

	Browser browser() {
		return this.browser;
	}

	/** Whether there is one. */
	static boolean isInstalled() {
		return installed().isPresent();
	}

	private static Optional<Path> installed() {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
			.flatMap((directory) -> NAMES.stream().map((name) -> Path.of(directory, name)))
			.filter(Files::isExecutable)
			.findFirst();
	}

	@Override
	public void close() {
		this.browser.close();
		this.playwright.close();
	}

}
