package dev.distributeimage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32;

import dev.distributeimage.simulator.Simulator;

/**
 * The jar as the container image has it: extracted, with the classes of a start recorded
 * (application class-data sharing). A start from it takes a third of the processor time.
 * The first of Failsafe's processes makes it while the others wait; it is kept for this
 * jar and this JVM.
 */
final class RecordedJar {

	/** An AOT cache, or its predecessor, the dynamic archive, which JDK 17 has. */
	private static final boolean AOT = Runtime.version().feature() >= 25;

	private static final String OUTPUT = "output.txt";

	private static final List<String> COMMAND = command(Path.of("target", "recorded").toAbsolutePath());

	private RecordedJar() {
	}

	/**
	 * Returns what comes after {@code java}: the jar as shipped, if it could not be
	 * recorded.
	 */
	static List<String> command() {
		return COMMAND;
	}

	private static List<String> command(Path directory) {
		try {
			Files.createDirectories(directory);
			try (FileChannel file = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE)) {
				// Held until the file is closed.
				file.lock();
				return recorded(directory, Runtime.version() + " " + checksum());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> recorded(Path directory, String origin) throws IOException {
		Path jar = directory.resolve(ServiceProcess.JAR.getFileName());
		Path classes = directory.resolve("classes");
		Path note = directory.resolve("origin");
		if (!Files.exists(note) || !Files.readString(note).equals(origin)) {
			Files.deleteIfExists(note);
			if (!extract(directory) || !record(directory, jar, classes)) {
				System.out.println("The jar is started as shipped: " + Files.readString(directory.resolve(OUTPUT)));
				return List.of("-jar", ServiceProcess.JAR.toString());
			}
			Files.writeString(note, origin);
		}
		return List.of((AOT ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + classes, "-jar", jar.toString());
	}

	// The time of the file is that of the sources.
	private static String checksum() throws IOException {
		CRC32 checksum = new CRC32();
		try (FileChannel jar = FileChannel.open(ServiceProcess.JAR)) {
			checksum.update(jar.map(MapMode.READ_ONLY, 0, jar.size()));
		}
		return Long.toHexString(checksum.getValue());
	}

	private static boolean extract(Path directory) throws IOException {
		return succeeds(directory, new ProcessBuilder(Programs.JAVA, "-Djarmode=tools", "-jar",
				ServiceProcess.JAR.toString(), "extract", "--force", "--destination", directory.toString()));
	}

	// Ends before it serves.
	private static boolean record(Path directory, Path jar, Path classes) throws IOException {
		ProcessBuilder start = new ProcessBuilder(Programs.JAVA, "-XX:TieredStopAtLevel=1",
				(AOT ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + classes,
				"-Dspring.context.exit=onRefresh", "-jar", jar.toString(), "--server.port=0");
		try (Simulator simulator = Simulator.start()) {
			ServiceProcess.configure(start.environment(), new TestPostgres().newDatabase(), simulator.endpoint());
			return succeeds(directory, start) && Files.exists(classes);
		}
	}

	private static boolean succeeds(Path directory, ProcessBuilder command) throws IOException {
		try {
			return command.redirectErrorStream(true)
				.redirectOutput(directory.resolve(OUTPUT).toFile())
				.start()
				.waitFor() == 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
