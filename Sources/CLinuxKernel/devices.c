// A program for the kernel that decides about devices: a chain of comparisons, one link for each rule.
#define _GNU_SOURCE
#include "CLinuxKernel.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define START 6
#define LINK_LIMIT 8
#define END 2

// Registers of the program: what is asked for.
enum { TYPE = BPF_REG_2, ACCESS = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5 };

struct program {
    struct bpf_insn *instructions;
    unsigned count;
};

static void add(struct program *program, struct bpf_insn instruction) {
    program->instructions[program->count++] = instruction;
}

static void load(struct program *program, int target, int offset) {
    add(program, (struct bpf_insn){.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = target, .src_reg = BPF_REG_1, .off = offset});
}

static void calculate(struct program *program, int operation, int target, int value) {
    add(program, (struct bpf_insn){.code = BPF_ALU | operation | BPF_K, .dst_reg = target, .imm = value});
}

// Jumps over so many instructions if the register is not the value.
static void skip_unless(struct program *program, int target, uint32_t value, int distance) {
    add(program, (struct bpf_insn){.code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = target, .off = distance, .imm = (int)value});
}

static void leave(struct program *program, int answer) {
    add(program, (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = answer});
    add(program, (struct bpf_insn){.code = BPF_JMP | BPF_EXIT});
}

// `struct bpf_cgroup_dev_ctx`: type in the lower half of the first word, access in the upper.
static void read_question(struct program *program) {
    load(program, TYPE, 0);
    add(program, (struct bpf_insn){.code = BPF_ALU | BPF_MOV | BPF_X, .dst_reg = ACCESS, .src_reg = TYPE});
    calculate(program, BPF_AND, TYPE, 0xffff);
    calculate(program, BPF_RSH, ACCESS, 16);
    load(program, MAJOR, 4);
    load(program, MINOR, 8);
}

static void add_rule(struct program *program, const struct agora_device_rule *rule) {
    int left = 3 + !rule->any_major + !rule->any_minor - rule->is_usable;
    skip_unless(program, TYPE, rule->is_block ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR, left--);
    if (!rule->is_usable) skip_unless(program, ACCESS, BPF_DEVCG_ACC_MKNOD, left--);
    if (!rule->any_major) skip_unless(program, MAJOR, rule->major, left--);
    if (!rule->any_minor) skip_unless(program, MINOR, rule->minor, left--);
    leave(program, !rule->is_forbidden);
}

static long bpf(int command, union bpf_attr *attributes) {
    return syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static int load_program(const struct program *program) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = (uint64_t)(uintptr_t)program->instructions;
    attributes.insn_cnt = program->count;
    attributes.license = (uint64_t)(uintptr_t)"";
    long descriptor = bpf(BPF_PROG_LOAD, &attributes);
    return descriptor < 0 ? -errno : (int)descriptor;
}

static int attach(int cgroup, int program) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)cgroup;
    attributes.attach_bpf_fd = (uint32_t)program;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    return bpf(BPF_PROG_ATTACH, &attributes) < 0 ? -errno : 0;
}

int agora_limit_devices(int cgroup, const struct agora_device_rule *rules, unsigned count) {
    if (count > AGORA_DEVICE_RULES) return -EINVAL;
    struct program program = {.instructions = calloc(START + (size_t)count * LINK_LIMIT + END, sizeof(struct bpf_insn))};
    if (program.instructions == NULL) return -ENOMEM;
    read_question(&program);
    for (unsigned i = 0; i < count; i++) add_rule(&program, &rules[i]);
    leave(&program, 0);
    int descriptor = load_program(&program);
    free(program.instructions);
    if (descriptor < 0) return descriptor;
    int result = attach(cgroup, descriptor);
    close(descriptor);
    return result;
}
