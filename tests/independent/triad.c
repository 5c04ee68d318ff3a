/* triad [one|two [repetitions [elements]]]: a = b + 3 c over arrays of doubles (STREAM, McCalpin).
 * one: in one pass. two: as a library without a fused operation does it, piece by piece (64 KiB): a = 3 c, then a = a + b.
 * One line per repetition: average seconds of a pass over 20 passes. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIECE = 1 << 13, PASSES = 20 };

static double now_s(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
        perror("clock_gettime");
        exit(1);
    }
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void multiply(size_t n, double *restrict a, const double *restrict c)
{
    for (size_t i = 0; i < n; i++)
        a[i] = 3.0 * c[i];
}

static void add(size_t n, double *restrict a, const double *restrict b)
{
    for (size_t i = 0; i < n; i++)
        a[i] += b[i];
}

static void fused(size_t n, double *restrict a, const double *restrict b, const double *restrict c)
{
    for (size_t i = 0; i < n; i++)
        a[i] = b[i] + 3.0 * c[i];
}

/* Called through volatile pointers: the compiler may merge neither the two steps nor whole passes. */
static void (*volatile do_multiply)(size_t, double *restrict, const double *restrict) = multiply;
static void (*volatile do_add)(size_t, double *restrict, const double *restrict) = add;
static void (*volatile do_fused)(size_t, double *restrict, const double *restrict, const double *restrict) = fused;

static void in_two(size_t n, double *a, const double *b, const double *c)
{
    for (size_t at = 0; at < n; at += PIECE) {
        const size_t left = n - at < PIECE ? n - at : PIECE;
        do_multiply(left, a + at, c + at);
        do_add(left, a + at, b + at);
    }
}

int main(int count, char **words)
{
    const char *mode = count > 1 ? words[1] : "one";
    const long repetitions = count > 2 ? atol(words[2]) : 20;
    const long elements = count > 3 ? atol(words[3]) : 1L << 20;
    const int two = strcmp(mode, "two") == 0;
    if ((!two && strcmp(mode, "one") != 0) || repetitions < 1 || elements < 1) {
        fprintf(stderr, "usage: triad [one|two [repetitions [elements]]]\n");
        return 1;
    }
    const size_t n = (size_t)elements;
    double *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b), *c = malloc(n * sizeof *c);
    if (!a || !b || !c) {
        perror("malloc");
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        a[i] = -1.0;
        b[i] = (double)i;
        c[i] = 2.0 * (double)i;
    }
    for (long r = -1; r < repetitions; r++) { /* the first is a warm-up */
        const double begun_s = now_s();
        for (int pass = 0; pass < PASSES; pass++) {
            if (two)
                in_two(n, a, b, c);
            else
                do_fused(n, a, b, c);
        }
        const double elapsed_s = now_s() - begun_s;
        if (r >= 0)
            printf("%.9e\n", elapsed_s / PASSES);
    }
    for (size_t i = 0; i < n; i++)
        if (a[i] != 7.0 * (double)i) {
            fprintf(stderr, "triad: wrong answer at %zu\n", i);
            return 1;
        }
    free(a);
    free(b);
    free(c);
    return 0;
}
