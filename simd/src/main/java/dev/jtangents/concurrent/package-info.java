/** The worker pool that runs tiles. */
@NullMarked
package dev.jtangents.concurrent;

import org.jspecify.annotations.NullMarked;
