package dev.distributeimage.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An in-memory file system owned by the test, which can be filled up. */
final class SmallFileSystem implements AutoCloseable {

	private final Path root;

	private SmallFileSystem(Path root) {
		this.root = root;
	}

	/** Whether this machine allows the mount. */
	static boolean isPossible() {
		try (SmallFileSystem mounted = mount("1m")) {
			return Files.isDirectory(mounted.root);
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	static SmallFileSystem mount(String size) {
		try {
			Path root = Files.createTempDirectory("small-file-system");
			if (!Chaos.answers("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + size, "tmpfs", root.toString())) {
				Files.delete(root);
				throw new IllegalStateException("Nothing may be mounted here");
			}
			return new SmallFileSystem(root);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Path root() {
		return this.root;
	}

	/** Fills the file system. */
	void fill() {
		byte[] block = new byte[4096];
		try (OutputStream out = Files.newOutputStream(ballast())) {
			while (true) {
				out.write(block);
			}
		}
		catch (IOException ex) {
			// The file system is full.
		}
	}

	void makeRoom() {
		try {
			Files.delete(ballast());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			if (!Chaos.answers("umount", this.root.toString())) {
				throw new IllegalStateException(this.root + " is still in use");
			}
			Files.delete(this.root);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path ballast() {
		return this.root.resolve("ballast");
	}

}
