package dev.distributeimage.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The simulator's help text. */
final class Help {

	private Help() {
	}

	static String text() {
		try (InputStream in = Objects.requireNonNull(Help.class.getResourceAsStream("help.txt"))) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
