/** Programs that train networks of finite width and draw what kernels predict of them beside it. */
@NullMarked
package dev.jtangents.examples;

import org.jspecify.annotations.NullMarked;
