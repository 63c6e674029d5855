package dev.distributeimage.security;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for who may use the service.
 *
 * @param open whether everybody may do everything, without sign-in
 * @param openHosts hosts that open mode serves besides localhost, 127.0.0.1 and [::1]:
 * names as in a URL, with a port or for every port
 * @param issuers the issuers of tokens, by name, unless Spring's own properties set one
 * @param callers the callers, by name; without any, the scopes of tokens count
 */
@ConfigurationProperties("distribute-image.security")
record SecuritySettings(@DefaultValue("false") boolean open, @DefaultValue List<String> openHosts,
		@DefaultValue Map<String, IssuerSettings> issuers, @DefaultValue Map<String, CallerSettings> callers) {

	private static final String HOST = "([a-z0-9._-]{1,253}|\\[[0-9a-f:.]{2,45}])(:[0-9]{1,5})?";

	SecuritySettings {
		openHosts = openHosts.stream().map((host) -> host.strip().toLowerCase(Locale.ROOT)).toList();
		for (String host : openHosts) {
			if (!host.matches(HOST)) {
				throw new IllegalArgumentException("distribute-image.security.open-hosts must list hosts such as"
						+ " build.example.com or build.example.com:8080, and not " + host);
			}
		}
	}

}
