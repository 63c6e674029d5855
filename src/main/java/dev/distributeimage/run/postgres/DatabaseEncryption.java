package dev.distributeimage.run.postgres;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

import com.zaxxer.hikari.HikariDataSource;
import dev.distributeimage.startup.RefusedStartException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.AbstractDriverBasedDataSource;
import org.springframework.stereotype.Component;

/**
 * Refuses to start with a PostgreSQL on another host whose certificate is not verified:
 * the driver would fall back to plain text without a word. The driver itself is asked
 * where it would connect, because a host may come from the URL, a property or a service
 * file.
 */
@Component
class DatabaseEncryption implements BeanPostProcessor {

	private static final Set<String> VERIFIED = Set.of("verify-ca", "verify-full");

	private static final Pattern LOOPBACK = Pattern
		.compile("(?i)|localhost|127(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}");

	private final ObjectProvider<DatabaseSettings> settings;

	DatabaseEncryption(ObjectProvider<DatabaseSettings> settings) {
		this.settings = settings;
	}

	/** Runs once the data source has its settings, and before it connects. */
	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		if (bean instanceof HikariDataSource pool) {
			// A data source of the driver's own ignores the URL.
			require((pool.getDataSourceClassName() != null) ? null : pool.getJdbcUrl(), pool.getDataSourceProperties());
		}
		if (bean instanceof AbstractDriverBasedDataSource migrations) {
			require(migrations.getUrl(), migrations.getConnectionProperties());
		}
		return bean;
	}

	private void require(@Nullable String url, @Nullable Properties properties) {
		Map<String, String> connection = connection(url, (properties != null) ? properties : new Properties());
		if (!isLoopback(connection) && !isVerified(connection) && !this.settings.getObject().plain()) {
			throw new RefusedStartException(
					("PostgreSQL is on another host (%s), and neither its certificate is verified (set sslmode=verify-full "
							+ "in spring.datasource.url, and in spring.flyway.url if there is one) nor is plain text allowed "
							+ "(set distribute-image.database.plain=true).")
						.formatted(host(connection)));
		}
	}

	private static Map<String, String> connection(@Nullable String url, Properties properties) {
		Map<String, String> connection = new HashMap<>();
		if (url != null) {
			try {
				DriverPropertyInfo[] known = DriverManager.getDriver(url).getPropertyInfo(url, properties);
				Arrays.stream(known)
					.filter((property) -> property.value != null)
					.forEach((property) -> connection.put(property.name, property.value));
			}
			catch (SQLException ex) {
				// No driver takes this URL: the pool's own message says so.
				connection.put("PGHOST", "localhost");
			}
		}
		return connection;
	}

	private static String host(Map<String, String> connection) {
		return connection.getOrDefault("PGHOST", "an unknown host");
	}

	// A socket factory connects wherever it likes, whatever the host is called.
	private static boolean isLoopback(Map<String, String> connection) {
		return !connection.containsKey("socketFactory")
				&& Arrays.stream(host(connection).split(",", -1)).allMatch(DatabaseEncryption::isLoopback);
	}

	// Names are not resolved: the next answer may be another. An empty one is loopback;
	// one with a colon is an address.
	private static boolean isLoopback(String host) {
		try {
			return LOOPBACK.matcher(host).matches()
					|| (host.contains(":") && InetAddress.getByName(host).isLoopbackAddress());
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	// As the driver decides. Its NonValidatingFactory takes any certificate.
	private static boolean isVerified(Map<String, String> connection) {
		String mode = connection.get("sslmode");
		boolean ssl = connection.containsKey("ssl") && !connection.get("ssl").equalsIgnoreCase("false");
		boolean verified = (mode != null) ? VERIFIED.contains(mode.toLowerCase(Locale.ROOT)) : ssl;
		return verified && !connection.getOrDefault("sslfactory", "").endsWith("NonValidatingFactory");
	}

}
