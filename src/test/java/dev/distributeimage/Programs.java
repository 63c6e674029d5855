package dev.distributeimage;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Programs of this machine. */
public final class Programs {

	/** The path of this JVM. */
	public static final String JAVA = ProcessHandle.current().info().command().orElse("java");

	private Programs() {
	}

	/** Whether there is a program of this name on the path. */
	public static boolean isInstalled(String name) {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, name)));
	}

}
