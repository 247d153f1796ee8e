//go:build !purego

#include "textflag.h"

DATA quotes<>+0(SB)/8, $0x2222222222222222
DATA quotes<>+8(SB)/8, $0x2222222222222222
GLOBL quotes<>(SB), RODATA|NOPTR, $16

DATA slashes<>+0(SB)/8, $0x5c5c5c5c5c5c5c5c
DATA slashes<>+8(SB)/8, $0x5c5c5c5c5c5c5c5c
GLOBL slashes<>(SB), RODATA|NOPTR, $16

DATA spaces<>+0(SB)/8, $0x2020202020202020
DATA spaces<>+8(SB)/8, $0x2020202020202020
GLOBL spaces<>(SB), RODATA|NOPTR, $16

// func skipLong(b []byte, i int) int
TEXT ·skipLong(SB), NOSPLIT, $0-40
	MOVQ  b_base+0(FP), SI
	MOVQ  b_len+8(FP), DX
	MOVQ  i+24(FP), AX
	MOVOU quotes<>(SB), X1
	MOVOU slashes<>(SB), X2
	MOVOU spaces<>(SB), X3

sixteen:
	LEAQ     16(AX), CX
	CMPQ     CX, DX
	JGT      single
	MOVOU    (SI)(AX*1), X0
	MOVO     X3, X4
	PCMPGTB  X0, X4         // signed: below 0x20, and all of 0x80 and above
	MOVO     X0, X5
	PCMPEQB  X1, X5
	PCMPEQB  X2, X0
	POR      X4, X0
	POR      X5, X0
	PMOVMSKB X0, BX
	TESTL    BX, BX
	JNE      found
	MOVQ     CX, AX
	JMP      sixteen

found:
	BSFL BX, BX
	ADDQ BX, AX
	MOVQ AX, ret+32(FP)
	RET

single:
	CMPQ    AX, DX
	JGE     done
	MOVBLZX (SI)(AX*1), BX
	CMPL    BX, $0x20
	JB      done
	CMPL    BX, $0x80
	JAE     done
	CMPL    BX, $0x22
	JEQ     done
	CMPL    BX, $0x5c
	JEQ     done
	INCQ    AX
	JMP     single

done:
	MOVQ AX, ret+32(FP)
	RET
