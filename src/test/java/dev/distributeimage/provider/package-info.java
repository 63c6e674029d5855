/** An OpenID provider: Spring's, with keys that rotate and answers that can go wrong. */
@NullMarked
package dev.distributeimage.provider;

import org.jspecify.annotations.NullMarked;
