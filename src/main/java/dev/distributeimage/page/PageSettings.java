package dev.distributeimage.page;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the page.
 *
 * @param enabled whether it is served
 * @param readOnly whether it only shows, and neither cancels nor retries
 */
@ConfigurationProperties("distribute-image.page")
record PageSettings(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean readOnly) {
}
