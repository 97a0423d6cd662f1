@NullMarked
package dev.jtangents.cli;

import org.jspecify.annotations.NullMarked;
