/** Finite programs: what a network of finite width does to an array, as operations on arrays. */
@NullMarked
package dev.jtangents.graph.finite;

import org.jspecify.annotations.NullMarked;
