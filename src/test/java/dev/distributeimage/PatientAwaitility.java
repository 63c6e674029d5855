package dev.distributeimage;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has every test wait longer than Awaitility's ten seconds, which a busy machine may take
 * for anything. JUnit finds it by itself.
 */
public final class PatientAwaitility implements BeforeAllCallback {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@Override
	public void beforeAll(ExtensionContext test) {
		Awaitility.setDefaultTimeout(PATIENCE);
	}

}
