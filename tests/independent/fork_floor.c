/* fork_floor [MiB [repetitions [batch]]]: what fork(), _exit(0) in the child and waitpid() cost.
 * One line per repetition: average seconds of a fork over the batch; each fork is timed alone. MiB: memory touched before. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
        perror("clock_gettime");
        exit(1);
    }
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double fork_s(void)
{
    const double begun_s = now_s();
    const pid_t pid = fork();
    int status = 0;
    if (pid == 0)
        _exit(0);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        perror("fork and wait");
        exit(1);
    }
    return now_s() - begun_s;
}

int main(int count, char **words)
{
    const long mib = count > 1 ? atol(words[1]) : 0;
    const long repetitions = count > 2 ? atol(words[2]) : 20;
    const long batch = count > 3 ? atol(words[3]) : 50;
    if (mib < 0 || repetitions < 1 || batch < 1) {
        fprintf(stderr, "usage: fork_floor [MiB [repetitions [batch]]]\n");
        return 1;
    }
    const size_t size = (size_t)mib << 20;
    volatile char *touched = size ? malloc(size) : NULL;
    if (size && !touched) {
        perror("malloc");
        return 1;
    }
    for (size_t i = 0; i < size; i += 4096)
        touched[i] = (char)(1 + (i >> 12) % 100);
    for (long i = 0; i < batch; i++)
        (void)fork_s(); /* warm-up */
    for (long r = 0; r < repetitions; r++) {
        double total_s = 0.0;
        for (long i = 0; i < batch; i++)
            total_s += fork_s();
        printf("%.9e\n", total_s / (double)batch);
    }
    free((void *)touched);
    return 0;
}
