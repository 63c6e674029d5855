package dev.distributeimage.api;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for who sees what.
 *
 * @param isolate whether a caller sees only the runs of its owner; without sign-in, runs
 * have no owner
 */
@ConfigurationProperties("distribute-image.security")
record IsolationSettings(@DefaultValue("false") boolean isolate) {

}
