package dev.distributeimage.startup;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Component;

/**
 * Refuses to start with a setting that does not exist. A misspelled limit would be none,
 * and nobody would notice.
 */
@Component
class UnknownSettings implements BeanFactoryPostProcessor {

	private static final String PREFIX = "distribute-image";

	/** Read by a condition, before there are beans. */
	private static final String DOCS = PREFIX + ".docs";

	/** Their keys are checked where they are read. */
	private static final String POLICIES = PREFIX + ".policies.**";

	private static final String VARIABLES = "DISTRIBUTE_IMAGE_";

	private static final Logger logger = LoggerFactory.getLogger(UnknownSettings.class);

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		Settings settings = settings(beans);
		ConfigurableEnvironment environment = beans.getBean(ConfigurableEnvironment.class);
		Set<String> unknown = new LinkedHashSet<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				names(iterable, settings).map((name) -> sentence(iterable, name, settings)).forEach(unknown::add);
			}
		}
		if (!unknown.isEmpty()) {
			throw new RefusedStartException(String.join("\n", unknown));
		}
		environment.getPropertySources()
			.stream()
			.filter(SystemEnvironmentPropertySource.class::isInstance)
			.flatMap((source) -> variables(((SystemEnvironmentPropertySource) source).getPropertyNames(), settings))
			.forEach((variable) -> logger
				.warn("The environment variable {} is no setting of this service, and has no effect", variable));
	}

	private static Settings settings(ConfigurableListableBeanFactory beans) {
		Settings settings = new Settings();
		settings.add(DOCS);
		settings.add(POLICIES);
		for (String bean : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
			ConfigurationProperties annotation = Objects
				.requireNonNull(beans.findAnnotationOnBean(bean, ConfigurationProperties.class));
			if (annotation.value().startsWith(PREFIX)) {
				settings.add(annotation.value(), Objects.requireNonNull(beans.getType(bean)));
			}
		}
		return settings;
	}

	private static Stream<ConfigurationPropertyName> names(IterableConfigurationPropertySource source,
			Settings settings) {
		return source.stream()
			.filter(ConfigurationPropertyName.of(PREFIX)::isAncestorOf)
			.filter((name) -> !settings.has(name) && !isEmpty(source, name, settings));
	}

	// A map or a group in a file with nothing below it.
	private static boolean isEmpty(IterableConfigurationPropertySource source, ConfigurationPropertyName name,
			Settings settings) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		return settings.hasBelow(name) && (property == null || "".equals(property.getValue()));
	}

	private static String sentence(IterableConfigurationPropertySource source, ConfigurationPropertyName name,
			Settings settings) {
		return "%s is no setting (%s). The nearest is %s.".formatted(name,
				Objects.requireNonNullElse(Origin.from(source.getConfigurationProperty(name)), source),
				nearest(source, name, settings));
	}

	// A name is in the form of its source.
	private static String nearest(IterableConfigurationPropertySource source, ConfigurationPropertyName name,
			Settings settings) {
		String nearest = settings.nearest(name);
		return (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)
				? nearest.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT) : nearest;
	}

	/**
	 * The environment variables that look like settings and are none. A wrong one does
	 * not end the start: Kubernetes makes variables of the names of services, and the
	 * command line has its own.
	 */
	private static Stream<String> variables(String[] names, Settings settings) {
		return Arrays.stream(names)
			.filter((name) -> name.startsWith(VARIABLES))
			.filter((name) -> !name.endsWith("_URL") && !name.endsWith("_TOKEN"))
			.filter((name) -> !name.contains("_SERVICE_") && !name.contains("_PORT"))
			.filter((name) -> !settings.hasVariable(name))
			.sorted();
	}

}
