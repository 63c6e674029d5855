package dev.distributeimage.arazzo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads YAML as JSON, with aliases resolved and duplicate members refused. */
final class Yaml {

	private Yaml() {
	}

	/** Reads a file from the class path. */
	static JsonNode read(String resource) {
		LoaderOptions options = new LoaderOptions();
		options.setAllowDuplicateKeys(false);
		try (InputStream in = Yaml.class.getResourceAsStream(resource)) {
			Object document = new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).load(in);
			return JsonMapper.shared().valueToTree(document);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
