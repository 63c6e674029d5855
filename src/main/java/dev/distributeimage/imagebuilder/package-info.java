/** Access to EC2 Image Builder, in the terms of this service. */
@NullMarked
package dev.distributeimage.imagebuilder;

import org.jspecify.annotations.NullMarked;
