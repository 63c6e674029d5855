/** Who may use the service, and what each answer allows a browser to do. */
@NullMarked
package dev.distributeimage.security;

import org.jspecify.annotations.NullMarked;
