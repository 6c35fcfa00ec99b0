import { Controller, Get } from '@nestjs/common';
import { type SlotPoolList, slotPoolList } from '@necrocode/contracts';
import { Operation } from '../openapi/operation.js';
import { ReadModel } from '../read-model/read-model.js';
import { presentSlotPools } from './present-slot-pools.js';

@Controller('slot-pools')
export class SlotPoolController {
  constructor(private readonly readModel: ReadModel) {}

  @Get()
  @Operation({
    summary: 'The slot pools: what is free, leased, or waiting to be proven clean',
    replies: { 200: slotPoolList },
  })
  async list(): Promise<SlotPoolList> {
    return { items: presentSlotPools(await this.readModel.slots()) };
  }
}
