@NullMarked
package dev.jtangents.examples;

import org.jspecify.annotations.NullMarked;
