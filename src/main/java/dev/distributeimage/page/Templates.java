package dev.distributeimage.page;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;

import org.springframework.context.annotation.Conditional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * The templates of the page. What they insert is escaped: texts of callers and of AWS
 * stay texts.
 */
@Component
@Conditional(PageServed.class)
class Templates {

	private final Mustache.Compiler compiler = Mustache.compiler()
		.escapeHTML(true)
		.nullValue("")
		.emptyStringIsFalse(true)
		.zeroIsFalse(true)
		.withLoader(Templates::read);

	private final Map<String, Template> compiled = new ConcurrentHashMap<>();

	/** The HTML that a template makes of a model. */
	String html(String name, Object model) {
		return this.compiled.computeIfAbsent(name, this.compiler::loadTemplate).execute(model);
	}

	private static Reader read(String name) {
		try {
			return new InputStreamReader(new ClassPathResource("templates/" + name + ".html").getInputStream(),
					StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
