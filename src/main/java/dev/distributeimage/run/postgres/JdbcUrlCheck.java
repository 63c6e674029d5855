package dev.distributeimage.run.postgres;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

import dev.distributeimage.startup.RefusedStartException;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Refuses to start with a password in a JDBC URL. The pool, Hibernate, Flyway and the
 * driver log their URLs, and error messages quote them.
 */
class JdbcUrlCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final ConfigurationPropertyName SPRING = ConfigurationPropertyName.of("spring");

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		ConfigurableEnvironment environment = context.getEnvironment();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			names(source).filter((name) -> hasPassword(source, name, environment)).findFirst().ifPresent((name) -> {
				throw new RefusedStartException(
						"The URL in %s contains a password, which would be logged: remove it there and set %s.password instead."
							.formatted(name, name.getParent()));
			});
		}
	}

	private static Stream<ConfigurationPropertyName> names(ConfigurationPropertySource source) {
		return (source instanceof IterableConfigurationPropertySource iterable)
				? iterable.stream().filter(SPRING::isAncestorOf) : Stream.empty();
	}

	// As it is written, and with its placeholders replaced.
	private static boolean hasPassword(ConfigurationPropertySource source, ConfigurationPropertyName name,
			ConfigurableEnvironment environment) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		return property != null && property.getValue() instanceof CharSequence written
				&& (hasPassword(written.toString())
						|| hasPassword(environment.resolvePlaceholders(written.toString())));
	}

	/**
	 * Whether a text is a JDBC URL that has a password among its parameters, however it
	 * is spelled, or before its host. The driver knows only lower case, and no password
	 * before the host: it takes these for other things, and logs them.
	 */
	static boolean hasPassword(String url) {
		if (!url.strip().toLowerCase(Locale.ROOT).startsWith("jdbc:")) {
			return false;
		}
		int query = url.indexOf('?');
		String place = (query < 0) ? url : url.substring(0, query);
		return place.contains("@") || (query >= 0 && Arrays.stream(url.substring(query + 1).split("[?&;]"))
			.anyMatch((parameter) -> isPassword(decoded(parameter))));
	}

	private static boolean isPassword(String parameter) {
		String name = parameter.split("=", 2)[0].strip().toLowerCase(Locale.ROOT);
		return name.contains("passw") || name.contains("pwd");
	}

	private static String decoded(String parameter) {
		try {
			return URLDecoder.decode(parameter, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return parameter;
		}
	}

}
